namespace Serverless.Local.Display.Results;

/// <summary>A dead letter: of <c>dead-letters list</c> and <c>show</c>.</summary>
/// <param name="Id">What <c>show</c> takes.</param>
/// <param name="Job">The job that set it aside.</param>
/// <param name="Topic">The record's topic; null of a row.</param>
/// <param name="Partition">The record's partition; null of a row, or of an event that could not be sent.</param>
/// <param name="Offset">The record's offset; null of a row.</param>
/// <param name="Row">The row's key; null of a record.</param>
/// <param name="Reason">Why it is one.</param>
/// <param name="Value">The record as it came, or the row as JSON; null if it is no UTF-8.</param>
/// <param name="Bytes">Its bytes in Base64 if it is no UTF-8; null otherwise.</param>
internal sealed record DeadLetterResult(string Id, string Job, string? Topic, long? Partition, long? Offset, string? Row, string Reason, string? Value, string? Bytes);
