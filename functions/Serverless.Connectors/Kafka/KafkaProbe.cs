using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers whether they are there, let this user in and have a topic.</summary>
public static class KafkaProbe
{
    /// <summary>Returns why a topic cannot be read, with what to do; null if it can.</summary>
    /// <param name="settings">The topic and how to reach its brokers.</param>
    /// <param name="patience">How long they have.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static Task<string?> ProblemAsync(KafkaSettings settings, TimeSpan patience, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            // What the client finds out itself, such as a wrong password, it tells aside.
            Error? told = null;
            try
            {
                // A producer's question would make the topic.
                using var client = new ConsumerBuilder<Ignore, Ignore>(settings.ForConsumer("serverless"))
                    .SetErrorHandler((_, error) => told = told is null || KafkaErrors.IsPassing(told) ? error : told).SetLogHandler((_, _) => { }).Build();
                using var admin = new DependentAdminClientBuilder(client.Handle).Build();
                try
                {
                    return TopicSearch.Find(admin, settings.Topic, patience) is null ? TopicSearch.Missing(admin, settings, patience) : null;
                }
                catch (KafkaException e)
                {
                    client.Consume(TimeSpan.Zero);
                    return KafkaErrors.Describe(told ?? e.Error, settings);
                }
            }
            catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
            {
                return $"{settings}: {settings.Redact(e.Message)}";
            }
        },
        cancellationToken);

    /// <summary>Whether the brokers answer and have the topic.</summary>
    /// <inheritdoc cref="ProblemAsync" path="/param"/>
    public static async Task<bool> IsReachableAsync(KafkaSettings settings, TimeSpan patience, CancellationToken cancellationToken) =>
        await ProblemAsync(settings, patience, cancellationToken) is null;
}
