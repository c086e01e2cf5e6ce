using Serverless.Engine.Ingest;

namespace Serverless.Connectors;

/// <summary>Records to read, in batches over all partitions. One reader, one thread at a time.</summary>
public interface ISource : IAsyncDisposable
{
    /// <summary>What dead letters call it: the topic, or the file's path.</summary>
    string Topic { get; }

    /// <summary>How it is; may be asked at any time, from any thread.</summary>
    SourceHealth Health { get; }

    /// <summary>Connects, and seeks to the last commit, or to where the script says that reading starts.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Asks for the offsets of each partition that is known: none while the topic is not there.</summary>
    Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads what there is: returns at once when records wait, and after at most <paramref name="wait"/> with an empty batch. In a batch each
    /// partition's records are in the order of their offsets; the offsets of a partition may have holes (compaction, transactions).
    /// </summary>
    Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Commits everything read so far: a later reader starts after it.</summary>
    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>Returns the records not yet read, of each partition in their order, all 0 when drained; null if that is not known now.</summary>
    Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken);
}
