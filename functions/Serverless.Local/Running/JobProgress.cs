namespace Serverless.Local.Running;

/// <summary>How far a job is: written by its runner, read by whoever shows it.</summary>
/// <param name="job">The job's name.</param>
internal sealed class JobProgress(string job)
{
    private long _records, _skipped, _duplicates, _groups, _lag, _rowsPending, _rowsWritten, _deadLetters, _failedVersions, _idleRounds;

    /// <summary>The job's name.</summary>
    public string Job { get; } = job;

    /// <summary>The records read.</summary>
    public long Records { get => Volatile.Read(ref _records); set => Volatile.Write(ref _records, value); }

    /// <summary>Of those, tombstones and what <c>json.ignore-parse-errors</c> drops.</summary>
    public long Skipped { get => Volatile.Read(ref _skipped); set => Volatile.Write(ref _skipped, value); }

    /// <summary>Of those, events that had been applied before.</summary>
    public long Duplicates { get => Volatile.Read(ref _duplicates); set => Volatile.Write(ref _duplicates, value); }

    /// <summary>The groups there are.</summary>
    public long Groups { get => Volatile.Read(ref _groups); set => Volatile.Write(ref _groups, value); }

    /// <summary>The records not read yet, as last asked.</summary>
    public long Lag { get => Volatile.Read(ref _lag); set => Volatile.Write(ref _lag, value); }

    /// <summary>The rows waiting to be written.</summary>
    public long RowsPending { get => Volatile.Read(ref _rowsPending); set => Volatile.Write(ref _rowsPending, value); }

    /// <summary>The row changes written.</summary>
    public long RowsWritten { get => Volatile.Read(ref _rowsWritten); set => Volatile.Write(ref _rowsWritten, value); }

    /// <summary>The dead letters written.</summary>
    public long DeadLetters { get => Volatile.Read(ref _deadLetters); set => Volatile.Write(ref _deadLetters, value); }

    /// <summary>The versions of rows that could not be made.</summary>
    public long FailedVersions { get => Volatile.Read(ref _failedVersions); set => Volatile.Write(ref _failedVersions, value); }

    /// <summary>How often a look at the source found it drained with everything written.</summary>
    public long IdleRounds { get => Volatile.Read(ref _idleRounds); set => Volatile.Write(ref _idleRounds, value); }
}
