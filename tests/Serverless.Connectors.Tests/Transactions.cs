using Confluent.Kafka;

namespace Serverless.Connectors.Tests;

/// <summary>Sends records to a topic's first partition, each in a transaction of its own: its end is a marker, which has an offset and is no record.</summary>
internal static class Transactions
{
    /// <summary>Sends that many records.</summary>
    public static async Task SendAsync(string brokers, string topic, int count, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = brokers, TransactionalId = "t", LingerMs = 0 }).Build();
        await Task.Run(() => producer.InitTransactions(TimeSpan.FromSeconds(10)), cancellationToken);
        for (var i = 0; i < count; i++)
        {
            producer.BeginTransaction();
            await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<Null, byte[]> { Value = "t"u8.ToArray() }, cancellationToken);
            await Task.Run(() => producer.CommitTransaction(), cancellationToken);
        }
    }
}
