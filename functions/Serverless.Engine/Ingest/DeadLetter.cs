namespace Serverless.Engine.Ingest;

/// <summary>A record or row set aside with the reason, never dropped.</summary>
/// <param name="Job">The job that could not use it.</param>
/// <param name="Topic">The topic; null where it is a row.</param>
/// <param name="Partition">The partition; null where it is a row, or an event that could not be sent to the topic.</param>
/// <param name="Offset">The offset; null where it is a row; of an event that could not be sent, its number in the feed, from 1.</param>
/// <param name="Kind">What is wrong with it, roughly.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Value">The record's bytes as they came, or the row as JSON.</param>
/// <param name="Row">The row's key; null where it is a record.</param>
public sealed record DeadLetter(
    string Job, string? Topic, int? Partition, long? Offset, DeadLetterKind Kind, string Reason, byte[] Value, string? Row = null);
