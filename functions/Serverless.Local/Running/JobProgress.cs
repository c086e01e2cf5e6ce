using Serverless.Connectors;
using Serverless.Connectors.Telemetry;

namespace Serverless.Local.Running;

/// <summary>How far a job is: written by its runner, read by whoever shows it.</summary>
/// <param name="job">The job's name.</param>
/// <param name="sources">What it reads; empty if nothing is read.</param>
internal sealed class JobProgress(string job, IReadOnlyList<ISource>? sources = null)
{
    private long _records, _lastRead, _events, _skipped, _duplicates, _groups, _rowsPending, _rowsWritten, _deadLetters, _badRecords, _refusedRows, _failedVersions, _idleRounds;
    private readonly RateWindow _rate = new(TimeSpan.FromSeconds(5));
    private volatile IReadOnlyList<PartitionLag>? _partitions;
    private volatile SinkHealth _sink = new(null);

    /// <summary>The job's name.</summary>
    public string Job { get; } = job;

    /// <summary>The records read.</summary>
    public long Records { get => Volatile.Read(ref _records); set => Volatile.Write(ref _records, value); }

    /// <summary>Returns the records read in a second, over the last few seconds; null if it was not asked for in that time.</summary>
    public double? RateAt(TimeProvider clock) => _rate.Add(clock.GetElapsedTime(0), Records);

    /// <summary>When the last of them was read; null if none was.</summary>
    public DateTimeOffset? LastRead
    {
        get => Volatile.Read(ref _lastRead) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        set => Volatile.Write(ref _lastRead, value?.UtcTicks ?? 0);
    }

    /// <summary>Of those, the ones that passed WHERE.</summary>
    public long Events { get => Volatile.Read(ref _events); set => Volatile.Write(ref _events, value); }

    /// <summary>Of the records, tombstones and what <c>json.ignore-parse-errors</c> drops.</summary>
    public long Skipped { get => Volatile.Read(ref _skipped); set => Volatile.Write(ref _skipped, value); }

    /// <summary>Events that had been applied before.</summary>
    public long Duplicates { get => Volatile.Read(ref _duplicates); set => Volatile.Write(ref _duplicates, value); }

    /// <summary>The groups there are.</summary>
    public long Groups { get => Volatile.Read(ref _groups); set => Volatile.Write(ref _groups, value); }

    /// <summary>The records not read yet, as last asked; null if that is not known.</summary>
    public long? Lag => Partitions?.Sum(p => p.Lag);

    /// <summary>The same, partition by partition: a list that never changes, and another one when it is asked again.</summary>
    public IReadOnlyList<PartitionLag>? Partitions { get => _partitions; set => _partitions = value; }

    /// <summary>How the source is; of several, how the worst one is.</summary>
    public SourceHealth Source
    {
        get
        {
            var all = (sources ?? []).Select(s => s.Health).ToList();
            return all.Find(h => h.IsUp is false) ?? all.Find(h => h.IsUp is null) ?? all.FirstOrDefault() ?? new SourceHealth(null);
        }
    }

    /// <summary>How the sink is, as last tried.</summary>
    public SinkHealth Sink { get => _sink; set => _sink = value; }

    /// <summary>The rows waiting to be written.</summary>
    public long RowsPending { get => Volatile.Read(ref _rowsPending); set => Volatile.Write(ref _rowsPending, value); }

    /// <summary>The row changes written.</summary>
    public long RowsWritten { get => Volatile.Read(ref _rowsWritten); set => Volatile.Write(ref _rowsWritten, value); }

    /// <summary>The dead letters written.</summary>
    public long DeadLetters { get => Volatile.Read(ref _deadLetters); set => Volatile.Write(ref _deadLetters, value); }

    /// <summary>The records that became dead letters.</summary>
    public long BadRecords { get => Volatile.Read(ref _badRecords); set => Volatile.Write(ref _badRecords, value); }

    /// <summary>The row changes that the sink refused for good.</summary>
    public long RefusedRows { get => Volatile.Read(ref _refusedRows); set => Volatile.Write(ref _refusedRows, value); }

    /// <summary>Whether every record that was read became a dead letter.</summary>
    public bool IsAllDeadLetters => (BadRecords > 0 && BadRecords == Records - Skipped) || (RefusedRows > 0 && RowsWritten == 0);

    /// <summary>The versions of rows that could not be made.</summary>
    public long FailedVersions { get => Volatile.Read(ref _failedVersions); set => Volatile.Write(ref _failedVersions, value); }

    /// <summary>How often a look at the source found it drained with everything written.</summary>
    public long IdleRounds { get => Volatile.Read(ref _idleRounds); set => Volatile.Write(ref _idleRounds, value); }
}
