using Serverless.Connectors;

namespace Serverless.Local.Display.Events;

/// <summary><c>summary</c>: what a run did, one per job, at its end. All counts but those of groups and dead letters are the run's own.</summary>
/// <param name="Job">The job.</param>
/// <param name="Records">The records read.</param>
/// <param name="Skipped">Of those, tombstones and what the script says to skip.</param>
/// <param name="Duplicates">The events that had been applied before.</param>
/// <param name="Groups">The groups that it keeps.</param>
/// <param name="RowsWritten">The rows written.</param>
/// <param name="RowsWaiting">The rows that could not be written.</param>
/// <param name="FailedVersions">The versions of rows that could not be made.</param>
/// <param name="DeadLetters">The dead letters, those of earlier runs included where they can be counted.</param>
/// <param name="DeadLetterPlace">Where dead letters are, in words.</param>
/// <param name="LastDeadLetters">The last of them, at most three, the newest first: <c>reason</c>, and <c>topic</c>, <c>partition</c> and <c>offset</c>, or the key of a <c>row</c>.</param>
internal sealed record SummaryEvent(
    string Job, long Records, long Skipped, long Duplicates, long Groups, long RowsWritten, long RowsWaiting, long FailedVersions, long DeadLetters, string DeadLetterPlace,
    IReadOnlyList<DeadLetterLine> LastDeadLetters) : TerminalEvent("summary");
