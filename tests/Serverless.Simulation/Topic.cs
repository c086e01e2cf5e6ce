using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Simulation;

/// <summary>A topic whose partitions grow burst by burst. Offsets hold events, tombstones, or nothing: the markers of transactions, or what compaction has removed.</summary>
internal sealed class Topic : IRangeReader
{
    private readonly List<Record?>[] _partitions;
    private readonly List<(DateTimeOffset At, long[] First)> _bursts = [];

    public Topic(Random random)
    {
        Random = random;
        _partitions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new List<Record?>())];
        HoleOneIn = random.Next(3) switch { 0 => 0, 1 => 20, _ => 4 };
    }

    private Random Random { get; }

    private int HoleOneIn { get; }

    public int Partitions => _partitions.Length;

    /// <summary>Every event so far, with its burst.</summary>
    public List<(int Burst, Event Event)> Events { get; } = [];

    public long End(int partition) => _partitions[partition].Count;

    /// <summary>The first offset of those that came at a time or later.</summary>
    public long Since(int partition, DateTimeOffset at)
    {
        foreach (var burst in _bursts)
            if (burst.At >= at)
                return burst.First[partition];
        return End(partition);
    }

    /// <summary>Deletes the topic, and makes another under its name.</summary>
    public void MakeAnew()
    {
        foreach (var partition in _partitions)
            partition.Clear();
        Events.Clear();
        _bursts.Clear();
    }

    /// <summary>Adds a burst of events.</summary>
    /// <param name="burst">Its number.</param>
    /// <param name="now">The time.</param>
    /// <param name="keepers">Events that the burst must hold, whatever else.</param>
    /// <param name="most">The most other offsets of a partition.</param>
    /// <param name="isOfOneGroup">Whether they are all of one group.</param>
    public void Produce(int burst, DateTimeOffset now, IReadOnlyList<Event> keepers, int most, bool isOfOneGroup)
    {
        _bursts.Add((now, [.. _partitions.Select(p => (long)p.Count)]));
        foreach (var keeper in keepers)
            Add(burst, keeper with { Partition = Random.Next(Partitions) });
        for (var p = 0; p < Partitions; p++)
            for (var more = Random.Next(keepers.Count > 0 ? 0 : 1, most); more > 0; more--)
            {
                var partition = _partitions[p];
                if (HoleOneIn > 0 && Random.Next(HoleOneIn) == 0)
                    partition.Add(null);
                else if (Random.Next(12) == 0)
                    partition.Add(new Record(p, partition.Count, 0, null));
                else
                    Add(burst, Event.Random(Random, p, 0) is var e && isOfOneGroup ? e with { K = "k0", G = 0 } : e);
            }
    }

    /// <summary>The records from one offset to another, the last not included.</summary>
    /// <param name="givesFrom">Whether the source tells which offsets hold no record.</param>
    public IEnumerable<Record> Read(int partition, long first, long next, bool givesFrom)
    {
        var from = first;
        for (var offset = first; offset < next; offset++)
            if (_partitions[partition][(int)offset] is { } record)
            {
                yield return givesFrom ? record with { From = from } : record;
                from = offset + 1;
            }
    }

    public Task<RecordRange> ReadAsync(int partition, long first, long last, CancellationToken cancellationToken)
    {
        // Now and then less than was asked for: brokers are slow.
        var next = Math.Min(last + 1, End(partition));
        if (next - first > 2 && Random.Next(3) == 0)
            next = Random.NextInt64(first + 1, next);
        return Task.FromResult(new RecordRange(first, next, [.. Read(partition, first, next, givesFrom: true)]));
    }

    public Task<OffsetRangeContent> InspectAsync(int partition, long first, long last, CancellationToken cancellationToken) =>
        Task.FromResult(Read(partition, first, last + 1, givesFrom: true).Any() ? OffsetRangeContent.Records : OffsetRangeContent.NoRecord);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Add(int burst, Event e)
    {
        var partition = _partitions[e.Partition];
        e = e with { Offset = partition.Count };
        partition.Add(new Record(e.Partition, e.Offset, e.Timestamp, e.ToJson()));
        Events.Add((burst, e));
    }
}
