using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers whether they are there.</summary>
public static class KafkaProbe
{
    /// <summary>Whether the brokers answer and have the topic.</summary>
    /// <param name="settings">The topic and how to reach its brokers.</param>
    /// <param name="patience">How long they have.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static Task<bool> IsReachableAsync(KafkaSettings settings, TimeSpan patience, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                // Told nothing: an answer is all that is wanted.
                using var client = new ProducerBuilder<Null, Null>(settings.ForProducer(patience)).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
                using var admin = new DependentAdminClientBuilder(client.Handle).Build();
                return admin.GetMetadata(settings.Topic, patience).Topics.Exists(t => t.Topic == settings.Topic && !t.Error.IsError);
            }
            catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
            {
                return false;
            }
        },
        cancellationToken);
}
