using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks brokers how far a consumer group is behind. It joins no group, and so takes no partition from who reads.</summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="group">The consumer group.</param>
/// <param name="patience">How long an answer may take.</param>
public sealed class KafkaLag(KafkaSettings settings, string group, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan FirstPatience = TimeSpan.FromMilliseconds(250);

    private readonly ConnectionWatch _connection = new(settings);
    private IConsumer<Ignore, Ignore>? _consumer;

    /// <summary>The topic.</summary>
    public string Topic => settings.Topic;

    /// <summary>Why the last question had no answer, with what to do; null if it had one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Returns how many records of each partition the group has not committed; all that are there if it never has. Null if the brokers do not say.</summary>
    public IReadOnlyList<PartitionLag>? GetLag() => GetPositions()?.Select(p => new PartitionLag(p.Partition, p.Lag)).ToList();

    /// <summary>Returns where the group stands in each partition. Null if the brokers do not say.</summary>
    public IReadOnlyList<GroupPosition>? GetPositions() => Ask((consumer, topic, _) =>
        consumer.Committed(topic.Partitions.Select(p => new TopicPartition(topic.Topic, p.PartitionId)), patience).OrderBy(p => p.Partition.Value).Select(p => Of(consumer, p)).ToList());

    /// <summary>Returns the topic's id. Null if the brokers do not say, or are too old to have one.</summary>
    public string? GetTopicId() => Ask((_, _, admin) => TopicSearch.IdOf(admin, settings.Topic, patience));

    /// <inheritdoc />
    public void Dispose() => _consumer?.Dispose();

    private T? Ask<T>(Func<IConsumer<Ignore, Ignore>, TopicMetadata, IAdminClient, T?> question) where T : class
    {
        try
        {
            var consumer = _consumer ??= new ConsumerBuilder<Ignore, Ignore>(settings.ForConsumer(group)).SetErrorHandler((_, error) => _connection.Hear(error)).SetLogHandler((_, message) => _connection.Hear(message, NullLogger.Instance)).Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            try
            {
                var topic = Find(consumer, admin);
                Problem = topic is null ? TopicSearch.Missing(admin, settings, patience) : null;
                var answer = topic is null ? null : question(consumer, topic, admin);
                _connection.Forget();
                return answer;
            }
            catch (KafkaException e)
            {
                consumer.Consume(TimeSpan.Zero);
                Problem = _connection.Describe(_connection.Hear(e.Error));
            }
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            Problem = $"{settings}: {settings.Redact(e.Message)}";
        }
        return null;
    }

    // What the client finds out itself, such as a wrong password, it tells aside, when polled: who waits for an answer would wait for nothing.
    private TopicMetadata? Find(IConsumer<Ignore, Ignore> consumer, IAdminClient admin)
    {
        var began = Stopwatch.GetTimestamp();
        for (var wait = FirstPatience; ; wait *= 2)
        {
            var left = patience - Stopwatch.GetElapsedTime(began);
            var isLast = wait >= left;
            try
            {
                return TopicSearch.Find(admin, settings.Topic, !isLast ? wait : left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
            catch (KafkaException) when (!isLast)
            {
                consumer.Consume(TimeSpan.Zero);
                if (_connection.Fault is { } fault)
                    throw new KafkaException(fault);
            }
        }
    }

    private GroupPosition Of(IConsumer<Ignore, Ignore> consumer, TopicPartitionOffset committed)
    {
        var ends = consumer.QueryWatermarkOffsets(committed.TopicPartition, patience);
        return new GroupPosition(committed.Partition, committed.Offset.IsSpecial ? ends.Low.Value : committed.Offset.Value, ends.High.Value);
    }
}
