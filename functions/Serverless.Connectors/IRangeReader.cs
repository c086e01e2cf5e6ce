using Serverless.Engine.Ingest;

namespace Serverless.Connectors;

/// <summary>
/// Reads stretches of a source again, beside whoever reads it: it commits nothing and takes no partition from anyone. Calls from several threads take
/// turns.
/// </summary>
public interface IRangeReader : IAsyncDisposable
{
    /// <summary>
    /// Reads the records of a range of offsets, or, where they are too many for one answer or the brokers are slow, its first part: see
    /// <see cref="RecordRange.Next"/>.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="first">The range's first offset.</param>
    /// <param name="last">The range's last offset.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SourceUnavailableException">Nothing came in time: ask again later.</exception>
    /// <exception cref="ConnectorException">The topic ends before the range does, so it is another one than the range is of; or the brokers refuse for good.</exception>
    Task<RecordRange> ReadAsync(int partition, long first, long last, CancellationToken cancellationToken);

    /// <summary>Says what lies in a range of offsets that nothing came of.</summary>
    /// <inheritdoc cref="ReadAsync" path="/param|/exception" />
    Task<OffsetRangeContent> InspectAsync(int partition, long first, long last, CancellationToken cancellationToken);
}

/// <summary>A range of offsets as far as it was read. An offset in it that no record has holds none, for good: a transaction's marker, an aborted record, or one that compaction removed.</summary>
/// <param name="First">The first offset that was read; behind the one asked for where the records before it are deleted.</param>
/// <param name="Next">The offset to go on at; behind the last one asked for when there is nothing left.</param>
/// <param name="Records">The records, in the order of their offsets.</param>
public sealed record RecordRange(long First, long Next, IReadOnlyList<Record> Records);

/// <summary>What lies in a range of offsets.</summary>
public enum OffsetRangeContent
{
    /// <summary>No record, and there will never be one.</summary>
    NoRecord,

    /// <summary>At least one record.</summary>
    Records,

    /// <summary>Retention has deleted its beginning, and no record is left, so it is unknown what was there.</summary>
    Deleted,
}
