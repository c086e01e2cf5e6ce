using Confluent.Kafka;

namespace Serverless.EndToEnd.Tests;

/// <summary>
/// Sends records to a topic, each partition's in their order, and never further ahead of the job's committed offsets than the embedded broker
/// keeps: a job that is killed finds everything it has to read again.
/// </summary>
internal sealed class TopicFlow : IDisposable
{
    // The broker keeps 5 MiB of each partition.
    private const long Capacity = 3 * 1024 * 1024;
    private const int Overhead = 100;
    private const int Step = 2_000;

    private readonly string _topic;
    private readonly Queue<SentRecord> _records;
    private readonly SavedState _state;
    private readonly CommittedOffsets _committed;
    private readonly IProducer<Null, byte[]> _producer;
    private readonly List<long>[] _bytesBefore; // per partition, of each offset
    private readonly CancellationToken _stop;
    private Task _sending = Task.CompletedTask;

    /// <param name="brokers">The brokers.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">The topic's partitions.</param>
    /// <param name="records">All there is to send.</param>
    /// <param name="state">The state of the job that reads it.</param>
    /// <param name="stop">Stops sending.</param>
    public TopicFlow(string brokers, string topic, int partitions, IEnumerable<SentRecord> records, SavedState state, CancellationToken stop)
    {
        (_topic, _records, _state, _stop) = (topic, new(records), state, stop);
        // One request at a time: what is sent again stays in its order.
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = brokers, Acks = Acks.All, LingerMs = 1, MaxInFlight = 1 })
            .SetLogHandler((_, _) => { })
            .Build();
        _bytesBefore = [.. Enumerable.Range(0, partitions).Select(_ => new List<long> { 0 })];
        _committed = new CommittedOffsets(brokers, topic, partitions, state);
    }

    /// <summary>The records that the broker has.</summary>
    public long Sent => _bytesBefore.Sum(p => p.Count - 1L);

    /// <summary>The records that the job has committed.</summary>
    public long Committed => _committed.Ask().Sum();

    /// <summary>The records that the job's state covers: beyond those committed, they come once more to a job that was killed.</summary>
    public long Covered => _state.CoveredUpTo(_bytesBefore.Length).Sum();

    /// <summary>Whether all that was released is sent and committed.</summary>
    public bool IsDone
    {
        get
        {
            if (_sending.IsFaulted)
                _sending.GetAwaiter().GetResult();
            return _sending.IsCompleted && Committed == Sent;
        }
    }

    /// <summary>Lets more records go, behind those that are under way.</summary>
    public void Release(int count) => _sending = SendAsync(_sending, count);

    /// <summary>Waits until all that was released is sent.</summary>
    public Task SentAsync() => _sending;

    public void Dispose()
    {
        _producer.Dispose();
        _committed.Dispose();
    }

    private async Task SendAsync(Task before, int count)
    {
        await before;
        await Task.Run(async () =>
        {
            while (count > 0 && _records.Count > 0)
            {
                var step = new List<SentRecord>();
                while (step.Count < Step && count-- > 0 && _records.TryDequeue(out var record))
                    step.Add(record);
                var bytes = step.Sum(r => r.Value.Length + Overhead);
                if (!Fits(bytes, _committed.Last))
                    while (!Fits(bytes, _committed.Ask()))
                        await Task.Delay(20, _stop);
                Send(step);
            }
        }, _stop);
    }

    private bool Fits(long bytes, long[] committed) => !_bytesBefore.Where((before, p) => before[^1] + bytes - before[(int)committed[p]] > Capacity).Any();

    private void Send(List<SentRecord> records)
    {
        string? wrong = null;
        foreach (var record in records)
        {
            var before = _bytesBefore[record.Partition];
            var offset = before.Count - 1;
            before.Add(before[^1] + record.Value.Length + Overhead);
            _producer.Produce(
                new TopicPartition(_topic, record.Partition),
                new Message<Null, byte[]> { Value = record.Value, Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime) },
                report =>
                {
                    if (report.Error.IsError || report.Offset != offset)
                        wrong = $"a record is at offset {report.Offset}, not {offset}: {report.Error.Reason}";
                });
        }
        _producer.Flush(_stop);
        if (wrong is not null)
            throw new InvalidOperationException(wrong);
    }
}
