using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers how far a consumer group is behind. It joins no group, and so takes no partition from who reads.</summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="group">The consumer group.</param>
/// <param name="patience">How long an answer may take.</param>
public sealed class KafkaLag(KafkaSettings settings, string group, TimeSpan patience) : IDisposable
{
    private readonly Lock _lock = new();
    private IConsumer<Ignore, Ignore>? _consumer;
    private Error? _told;

    /// <summary>The topic.</summary>
    public string Topic => settings.Topic;

    /// <summary>Why the last question had no answer, with what to do; null if it had one.</summary>
    public string? Problem { get; private set; }

    /// <summary>How many records of each partition the group has not committed; where it never has, all that are there. Null where the brokers do not say.</summary>
    public IReadOnlyList<PartitionLag>? Ask() => AskPositions()?.Select(p => new PartitionLag(p.Partition, p.Lag)).ToList();

    /// <summary>Where the group stands in each partition. Null where the brokers do not say.</summary>
    public IReadOnlyList<GroupPosition>? AskPositions() => Ask((consumer, topic, _) =>
        consumer.Committed(topic.Partitions.Select(p => new TopicPartition(topic.Topic, p.PartitionId)), patience).OrderBy(p => p.Partition.Value).Select(p => Of(consumer, p)).ToList());

    /// <summary>The topic's id. Null where the brokers do not say, or are too old to have one.</summary>
    public string? AskId() => Ask((_, _, admin) => TopicSearch.IdOf(admin, settings.Topic, patience));

    /// <inheritdoc />
    public void Dispose() => _consumer?.Dispose();

    private T? Ask<T>(Func<IConsumer<Ignore, Ignore>, TopicMetadata, IAdminClient, T?> question) where T : class
    {
        try
        {
            // What the client finds out itself, such as a wrong password, it tells aside.
            _told = null;
            var consumer = _consumer ??= new ConsumerBuilder<Ignore, Ignore>(settings.ForConsumer(group)).SetErrorHandler((_, error) => Tell(error)).SetLogHandler((_, _) => { }).Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            try
            {
                var topic = TopicSearch.Find(admin, settings.Topic, patience);
                Problem = topic is null ? TopicSearch.Missing(admin, settings, patience) : null;
                return topic is null ? null : question(consumer, topic, admin);
            }
            catch (KafkaException e)
            {
                consumer.Consume(TimeSpan.Zero);
                lock (_lock)
                    Problem = KafkaErrors.Describe(_told ?? e.Error, settings);
            }
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            Problem = $"{settings}: {settings.Redact(e.Message)}";
        }
        return null;
    }

    // Of several errors one that no waiting mends counts.
    private void Tell(Error error)
    {
        lock (_lock)
            _told = _told is null || KafkaErrors.IsPassing(_told) ? error : _told;
    }

    private GroupPosition Of(IConsumer<Ignore, Ignore> consumer, TopicPartitionOffset committed)
    {
        var ends = consumer.QueryWatermarkOffsets(committed.TopicPartition, patience);
        return new GroupPosition(committed.Partition, committed.Offset.IsSpecial ? ends.Low.Value : committed.Offset.Value, ends.High.Value);
    }
}
