namespace Serverless.Engine.Ingest;

/// <summary>One Kafka record, or one line of a file.</summary>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Offset">The offset within the partition, from 0.</param>
/// <param name="Timestamp">Milliseconds since 1970-01-01 UTC, as the broker or producer stamped it; 0 where there is none.</param>
/// <param name="Value">The value's bytes; null for a tombstone.</param>
public readonly record struct Record(int Partition, long Offset, long Timestamp, byte[]? Value);

/// <summary>A record or row set aside with the reason, never dropped.</summary>
/// <param name="Job">The job that could not use it.</param>
/// <param name="Topic">The topic; null where it is a row.</param>
/// <param name="Partition">The partition; null where it is a row.</param>
/// <param name="Offset">The offset; null where it is a row.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Value">The record's bytes as they came, or the row as JSON.</param>
/// <param name="Row">The row's key; null where it is a record.</param>
public sealed record DeadLetter(string Job, string? Topic, int? Partition, long? Offset, string Reason, byte[] Value, string? Row = null);
