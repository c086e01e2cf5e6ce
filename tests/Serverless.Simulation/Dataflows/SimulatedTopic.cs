using Serverless.Connectors;
using Serverless.Queries.Tests;

namespace Serverless.Simulation.Dataflows;

/// <summary>A topic that grows, with the offsets that consumer groups have committed: what outlives the processes that read it.</summary>
internal sealed class SimulatedTopic
{
    private readonly Dictionary<string, long[]> _committed = [];
    private readonly long[] _ends;

    public SimulatedTopic(TestSource source, Random random)
    {
        Name = source.Name;
        var count = source.Records.Count == 0 ? 1 : source.Records.Max(r => r.Partition) + 1;
        Partitions = [.. Enumerable.Range(0, count).Select(p => source.Records.Where(r => r.Partition == p).OrderBy(r => r.Offset).Select(r => r.ToRecord(source.Columns, random)).ToArray())];
        _ends = new long[count];
    }

    public string Name { get; }

    public IReadOnlyList<Record[]> Partitions { get; }

    /// <summary>Whether all of its records are there.</summary>
    public bool IsComplete => Enumerable.Range(0, _ends.Length).All(p => _ends[p] == Partitions[p].Length);

    public long End(int partition) => _ends[partition];

    public long[] Committed(string group) => _committed.TryGetValue(group, out var known) ? known : _committed[group] = new long[_ends.Length];

    /// <summary>Adds some records.</summary>
    public void Grow(Random random, int most)
    {
        for (var p = 0; p < _ends.Length; p++)
            _ends[p] = Math.Min(Partitions[p].Length, _ends[p] + random.Next(1 + most));
    }
}

/// <summary>A process's reader of a topic: batches are cut at random, partitions overtake each other, and some records are read again.</summary>
internal sealed class SimulatedSource(SimulatedTopic topic, string group, Random random, DataflowFaults faults, DataflowBug bug, Action<string> trace, Action onRead) : ISource
{
    private readonly long[] _next = new long[topic.Partitions.Count];
    private readonly int[] _slowness = [.. topic.Partitions.Select(_ => random.Next(6))];

    public string Topic => topic.Name;

    public SourceHealth Health => new(true);

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        topic.Committed(group).CopyTo(_next, 0);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionBounds>>([.. _next.Select((next, p) => new PartitionBounds(p, 0, next, topic.End(p)))]);

    public Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        onRead();
        var batch = new List<Record>();
        for (var p = 0; p < _next.Length; p++)
        {
            if (random.Next(6) < _slowness[p])
                continue;
            var first = Math.Max(0, _next[p] - (faults.IsActive && random.Next(8) == 0 ? random.Next(6) : 0));
            var end = Math.Min(topic.End(p), first + random.Next(6));
            if (first >= end)
                continue;
            trace($"reads {Topic} {p}@{first} to {end - 1}");
            batch.AddRange(topic.Partitions[p][(int)first..(int)end]);
            _next[p] = Math.Max(_next[p], end);
        }

        if (bug == DataflowBug.CommitBeforeStoring)
            _next.CopyTo(topic.Committed(group), 0);
        faults.MayKill("after records were read");
        return Task.FromResult<IReadOnlyList<Record>>(batch);
    }

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        faults.MayKill("before offsets are committed");
        _next.CopyTo(topic.Committed(group), 0);
        faults.MayKill("after offsets were committed");
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionLag>?>([.. _next.Select((next, p) => new PartitionLag(p, topic.Partitions[p].Length - next))]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
