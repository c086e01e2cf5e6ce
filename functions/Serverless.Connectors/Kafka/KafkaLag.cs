using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers how far a consumer group is behind. It joins no group, and so takes no partition from who reads.</summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="group">The consumer group.</param>
/// <param name="patience">How long an answer may take.</param>
public sealed class KafkaLag(KafkaSettings settings, string group, TimeSpan patience) : IDisposable
{
    private readonly IConsumer<Ignore, Ignore> _consumer =
        new ConsumerBuilder<Ignore, Ignore>(settings.ForConsumer(group)).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();

    /// <summary>How many records of each partition the group has not committed; where it never has, all that are there. Null where the brokers do not say.</summary>
    public IReadOnlyList<PartitionLag>? Ask() => AskPositions()?.Select(p => new PartitionLag(p.Partition, p.Lag)).ToList();

    /// <summary>Where the group stands in each partition. Null where the brokers do not say.</summary>
    public IReadOnlyList<GroupPosition>? AskPositions()
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
            var topic = admin.GetMetadata(settings.Topic, patience).Topics.Find(t => t.Topic == settings.Topic && !t.Error.IsError);
            return topic is null
                ? null
                : [.. _consumer.Committed(topic.Partitions.Select(p => new TopicPartition(topic.Topic, p.PartitionId)), patience).OrderBy(p => p.Partition.Value).Select(Of)];
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _consumer.Dispose();

    private GroupPosition Of(TopicPartitionOffset committed)
    {
        var ends = _consumer.QueryWatermarkOffsets(committed.TopicPartition, patience);
        return new GroupPosition(committed.Partition, committed.Offset.IsSpecial ? ends.Low.Value : committed.Offset.Value, ends.High.Value);
    }
}
