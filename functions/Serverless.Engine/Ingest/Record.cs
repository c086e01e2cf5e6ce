using Serverless.Engine.Formats;

namespace Serverless.Engine.Ingest;

/// <summary>One Kafka record, or one line of a file.</summary>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Offset">The offset within the partition, from 0.</param>
/// <param name="Timestamp">Milliseconds since 1970-01-01 UTC, as the broker or producer stamped it; 0 where there is none.</param>
/// <param name="Value">The value's bytes; null for a tombstone.</param>
public readonly record struct Record(int Partition, long Offset, long Timestamp, byte[]? Value)
{
    /// <summary>
    /// The first of the offsets before this one of which the source knows that they hold no record, such as transaction markers, or what compaction has removed;
    /// <see cref="Offset"/> if there are none.
    /// </summary>
    public long From { get; init; } = Offset;

    /// <summary>The record's own topic and partition, if its table has several topics; null if the table and <see cref="Partition"/> say them.</summary>
    public RecordPlace? Place { get; init; }

    /// <summary>The headers, in order; null if there are none.</summary>
    public IReadOnlyList<RecordHeader>? Headers { get; init; }

    /// <summary>The epoch of the partition's leader; null if the broker does not say.</summary>
    public int? LeaderEpoch { get; init; }

    /// <summary>Whose clock the timestamp is of, as Kafka's client calls it: <c>CreateTime</c>, <c>LogAppendTime</c>; null for none.</summary>
    public string? TimestampType { get; init; }

    /// <summary>The key's bytes; null if there is none, or nobody reads it.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The schema that the value was written with; null if no registry was asked.</summary>
    public WriterSchema? Schema { get; init; }

    /// <summary>The schema that the key was written with; null if no registry was asked.</summary>
    public WriterSchema? KeySchema { get; init; }
}

/// <summary>A partition of a topic.</summary>
public sealed record RecordPlace(string Topic, int Partition);

/// <summary>A header of a record.</summary>
public readonly record struct RecordHeader(string Key, byte[]? Value);
