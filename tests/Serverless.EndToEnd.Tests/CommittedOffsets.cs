using Confluent.Kafka;

namespace Serverless.EndToEnd.Tests;

/// <summary>How far a job has committed its topic, as the brokers know.</summary>
/// <param name="brokers">The brokers.</param>
/// <param name="topic">The topic.</param>
/// <param name="partitions">The topic's partitions.</param>
/// <param name="state">Knows the job's consumer group.</param>
internal sealed class CommittedOffsets(string brokers, string topic, int partitions, SavedState state) : IDisposable
{
    private readonly TopicPartition[] _partitions = [.. Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p))];
    private IConsumer<Ignore, Ignore>? _group;

    /// <summary>The offset of each partition before which all is committed, as last asked.</summary>
    public long[] Last { get; private set; } = new long[partitions];

    /// <summary>Asks the brokers. Where they do not answer, what they last said stands.</summary>
    public long[] Ask()
    {
        if (_group is null && state.ConsumerGroup is { } id)
            _group = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = brokers, GroupId = id, EnableAutoCommit = false })
                .SetLogHandler((_, _) => { })
                .Build();
        try
        {
            if (_group is not null)
                Last = [.. _group.Committed(_partitions, TimeSpan.FromSeconds(5)).Select(p => Math.Max(0, p.Offset.Value))];
        }
        catch (KafkaException)
        {
        }
        return Last;
    }

    public void Dispose() => _group?.Dispose();
}
