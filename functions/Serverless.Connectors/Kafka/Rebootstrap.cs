using System.Diagnostics;
using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Names a client the brokers of its configuration again when it has reached none for a while: those that it has learned of since may be gone
/// for good. The library does so itself unless told not to, at once and with a new connection each time, so that it backs off from nothing.
/// </summary>
/// <param name="settings">The configuration.</param>
/// <param name="every">How long nothing is reached before they are named, and named again.</param>
internal sealed class Rebootstrap(KafkaSettings settings, TimeSpan every)
{
    private long? _since;

    /// <summary>What is usual.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);

    /// <summary>Hears that a client reaches no broker.</summary>
    public void Failed(IClient client)
    {
        if (_since is { } since && Stopwatch.GetElapsedTime(since) < every)
            return;
        if (_since is not null)
            client.AddBrokers(settings.BootstrapServers);
        _since = Stopwatch.GetTimestamp();
    }

    /// <summary>Hears that it reaches some.</summary>
    public void Succeeded() => _since = null;
}
