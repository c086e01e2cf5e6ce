using System.Net;

namespace Serverless.TestServers.Kafka;

/// <summary>
/// TLS and users for a broker that has neither, such as librdkafka's mock broker: it listens on ports of its own, asks clients for what
/// <see cref="BrokerSecurity"/> says, and passes their requests on. Where an answer names the broker, it puts its own address there, so that
/// clients come back to it.
/// </summary>
public sealed class SecureBroker : IAsyncDisposable
{
    private readonly BrokerSecurity _security;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, BrokerListener> _listeners = [];

    /// <summary>Starts listening.</summary>
    /// <param name="target">The broker's address and port; the first if there are several.</param>
    /// <param name="security">What clients are asked for.</param>
    public SecureBroker(string target, BrokerSecurity security)
    {
        _security = security;
        BootstrapServers = Replace(IPEndPoint.Parse(target.Split(',')[0])).ToString();
        if (security.Users is not null)
            security.Users.Revoked += Cut;
    }

    /// <summary>Where clients find it.</summary>
    public string BootstrapServers { get; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_security.Users is not null)
            _security.Users.Revoked -= Cut;
        foreach (var listener in Listeners())
            await listener.DisposeAsync();
    }

    // Where it stands in for a broker.
    private IPEndPoint Replace(IPEndPoint broker)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue(broker, out var listener))
                _listeners[broker] = listener = new BrokerListener(broker, _security, Replace);
            return listener.Address;
        }
    }

    private void Cut(string user)
    {
        foreach (var listener in Listeners())
            listener.Cut(user);
    }

    private BrokerListener[] Listeners()
    {
        lock (_lock)
            return [.. _listeners.Values];
    }
}
