using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Ingest;

namespace Serverless.App.Triggers;

/// <summary>
/// Sees to it that a job's topic is the one that its state is made of. Offsets that come again are a delivery that is repeated, or another topic of the
/// same name: then the brokers are asked.
/// </summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="group">The job's consumer group.</param>
/// <param name="topicId">The topic's id; null where it is not known.</param>
/// <param name="clock">The clock.</param>
internal sealed class TopicGuard(KafkaSettings settings, string group, string? topicId, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, long> _next = [];
    private DateTimeOffset _asked;

    /// <summary>Throws if a batch is of another topic; one call at a time.</summary>
    /// <exception cref="ConnectorException">It is, with what to do.</exception>
    public async Task RequireSameAsync(IReadOnlyList<Record> records, CancellationToken cancellationToken)
    {
        var isRepeated = false;
        foreach (var record in records)
        {
            var next = _next.GetValueOrDefault(record.Partition);
            isRepeated |= record.Offset < next;
            _next[record.Partition] = Math.Max(next, record.Offset + 1);
        }
        if (!isRepeated || clock.GetUtcNow() - _asked < GoodFor)
            return;
        await Task.Run(
            () =>
            {
                using var lag = new KafkaLag(settings, group, Patience);
                if (MismatchOf(lag, topicId, _next) is { } mismatch)
                    throw new ConnectorException(mismatch);
                // Brokers that do not answer are asked again.
                if (lag.Problem is null)
                    _asked = clock.GetUtcNow();
            },
            cancellationToken);
    }

    /// <summary>Returns why the topic cannot be the one that a state is made of; null if it can, or the brokers do not answer.</summary>
    /// <param name="lag">Asks the brokers.</param>
    /// <param name="topicId">The id of the state's topic; null where it is not known.</param>
    /// <param name="read">How far it was read; null for what the group has committed.</param>
    public static string? MismatchOf(KafkaLag lag, string? topicId, IReadOnlyDictionary<int, long>? read = null)
    {
        if (lag.GetPositions() is not { } positions)
            return null;
        return new TopicIdentity(topicId, read ?? positions.ToDictionary(p => p.Partition, p => p.Next)).Mismatch(lag.Topic, lag.GetTopicId(), positions.ToDictionary(p => p.Partition, p => p.End));
    }
}
