namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers whether they are there, let this user in and have a topic.</summary>
public static class KafkaProbe
{
    /// <summary>Returns why a topic cannot be read, with what to do; null if it can.</summary>
    /// <param name="settings">The topic and how to reach its brokers.</param>
    /// <param name="group">A consumer group of the topic's reader.</param>
    /// <param name="patience">How long they have.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static Task<string?> ProblemAsync(KafkaSettings settings, string group, TimeSpan patience, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var lag = new KafkaLag(settings, group, patience);
            lag.GetLag();
            return lag.Problem;
        },
        cancellationToken);

    /// <summary>Whether the brokers answer and have the topic.</summary>
    /// <inheritdoc cref="ProblemAsync" path="/param"/>
    public static async Task<bool> IsReachableAsync(KafkaSettings settings, TimeSpan patience, CancellationToken cancellationToken) =>
        await ProblemAsync(settings, "serverless", patience, cancellationToken) is null;
}
