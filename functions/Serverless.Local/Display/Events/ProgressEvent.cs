namespace Serverless.Local.Display.Events;

/// <summary><c>progress</c>: how far a job is, every five seconds where it has read records or its source or sink is down. All counts but the lag, groups and waiting rows are since the run began.</summary>
/// <param name="Job">The job.</param>
/// <param name="Records">The records read.</param>
/// <param name="RecordsPerSecond">The records read in a second, of late.</param>
/// <param name="Lag">The records that are still to be read; null if that is not known.</param>
/// <param name="Groups">The groups that it keeps.</param>
/// <param name="RowsWaiting">The rows that wait to be written.</param>
/// <param name="RowsWritten">The rows written.</param>
/// <param name="DeadLetters">The dead letters.</param>
/// <param name="SourceIsUp">Whether the source can be read; null if that has not been tried.</param>
/// <param name="SinkIsUp">Whether the sink takes rows; null if that has not been tried.</param>
internal sealed record ProgressEvent(
    string Job, long Records, long RecordsPerSecond, long? Lag, long Groups, long RowsWaiting, long RowsWritten, long DeadLetters, bool? SourceIsUp, bool? SinkIsUp) : TerminalEvent("progress");
