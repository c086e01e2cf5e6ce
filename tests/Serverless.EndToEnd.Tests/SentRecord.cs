namespace Serverless.EndToEnd.Tests;

/// <summary>A record as it lies in a topic.</summary>
/// <param name="Partition">The partition; within it, records are told in the order of their offsets.</param>
/// <param name="Timestamp">The timestamp, in milliseconds.</param>
/// <param name="Value">The event.</param>
internal readonly record struct SentRecord(int Partition, long Timestamp, byte[] Value);
