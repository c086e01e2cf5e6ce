using System.Text;
using Serverless.Connectors;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Local.Tests.Fakes;

/// <summary>A topic in memory, with its consumer groups' offsets: what outlives a reader.</summary>
internal sealed class MemoryTopic(int partitions)
{
    private readonly Dictionary<string, long[]> _committed = [];

    public List<Record>[] Partitions { get; } = [.. Enumerable.Range(0, partitions).Select(_ => new List<Record>())];

    public string Name { get; init; } = "memory";

    /// <summary>The consumer group that reads it.</summary>
    public string Group { get; set; } = "";

    /// <summary>The offsets that the group has committed.</summary>
    public long[] Committed => _committed.TryGetValue(Group, out var committed) ? committed : _committed[Group] = new long[partitions];

    /// <summary>The first offset that is still there.</summary>
    public long[] First { get; } = new long[partitions];

    public int Commits { get; set; }

    public void Add(int partition, string? value) =>
        Partitions[partition].Add(new Record(partition, Partitions[partition].Count, 1_600_000_000_000 + Partitions.Sum(p => p.Count), value is null ? null : Encoding.UTF8.GetBytes(value)));
}

/// <summary>A reader of a topic in memory; batches are cut at random.</summary>
internal sealed class MemorySource(MemoryTopic topic, Random random) : ISource
{
    private readonly long[] _next = new long[topic.Partitions.Length];

    public string Topic => topic.Name;

    public SourceHealth Health { get; init; } = new(true);

    public int Reads { get; private set; }

    public Action OnCommit { get; init; } = () => { };

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        for (var p = 0; p < _next.Length; p++)
            _next[p] = Math.Max(topic.Committed[p], topic.First[p]);
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        var batch = new List<Record>();
        Reads++;
        for (var p = 0; p < _next.Length; p++)
            for (var count = random.Next(0, 4); count > 0 && _next[p] < topic.Partitions[p].Count; count--)
                batch.Add(topic.Partitions[p][(int)_next[p]++]);
        if (batch.Count == 0)
            await Task.Delay(1, cancellationToken);
        return batch;
    }

    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionBounds>>([.. topic.Partitions.Select((p, i) => new PartitionBounds(i, topic.First[i], _next[i], p.Count))]);

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        OnCommit();
        topic.Commits++;
        _next.CopyTo(topic.Committed, 0);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionLag>?>([.. topic.Partitions.Select((p, i) => new PartitionLag(i, p.Count - _next[i]))]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
