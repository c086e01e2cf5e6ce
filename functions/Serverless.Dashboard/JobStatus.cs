namespace Serverless.Dashboard;

/// <summary>How a job is. What a host cannot know is null: of an app with several instances none has counted everything.</summary>
public sealed record JobStatus
{
    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>The records read since the host began.</summary>
    public long? Records { get; init; }

    /// <summary>When the last record was read; null if none was since the host began.</summary>
    public DateTimeOffset? LastRead { get; init; }

    /// <summary>The records read in a second, of late.</summary>
    public double? RecordsPerSecond { get; init; }

    /// <summary>The records that are still to be read; null where the brokers do not say.</summary>
    public long? Lag { get; init; }

    /// <summary>The same, partition by partition.</summary>
    public IReadOnlyList<PartitionStatus> Partitions { get; init; } = [];

    /// <summary>Tombstones and records that the script says to skip.</summary>
    public long? Skipped { get; init; }

    /// <summary>Events that had been applied before.</summary>
    public long? Duplicates { get; init; }

    /// <summary>The groups that the job keeps.</summary>
    public long? Groups { get; init; }

    /// <summary>The rows written since the host began.</summary>
    public long? RowsWritten { get; init; }

    /// <summary>The rows that wait to be written.</summary>
    public long? RowsWaiting { get; init; }

    /// <summary>The dead letters that there are.</summary>
    public long? DeadLetters { get; init; }

    /// <summary>Where they are, for a user.</summary>
    public string? DeadLetterPlace { get; init; }

    /// <summary>The last of them, the newest first.</summary>
    public IReadOnlyList<DeadLetterStatus> LastDeadLetters { get; init; } = [];

    /// <summary>How its source is.</summary>
    public SourceStatus Source { get; init; } = new(null);

    /// <summary>How its sink is.</summary>
    public required SinkStatus Sink { get; init; }
}

/// <summary>How far a partition is behind.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Lag">Its records that are still to be read.</param>
/// <param name="Topic">Its topic; null if the job reads one.</param>
public sealed record PartitionStatus(int Partition, long Lag, string? Topic = null);

/// <summary>A dead letter.</summary>
/// <param name="Reason">Why it is one.</param>
/// <param name="Topic">Where the record came from; null where it is a row.</param>
/// <param name="Partition">The record's partition.</param>
/// <param name="Offset">The record's offset.</param>
/// <param name="Row">The row's key; null where it is a record.</param>
public sealed record DeadLetterStatus(string Reason, string? Topic, int? Partition, long? Offset, string? Row);

/// <summary>How a source is.</summary>
/// <param name="IsUp">Whether it can be read; null where that has not been tried.</param>
/// <param name="Message">Why not; null where it can.</param>
/// <param name="Since">Since when not.</param>
public sealed record SourceStatus(bool? IsUp, string? Message = null, DateTimeOffset? Since = null);

/// <summary>How a sink is.</summary>
/// <param name="IsUp">Whether it takes rows; null where that has not been tried.</param>
/// <param name="Message">Why not; null where it does.</param>
/// <param name="Since">Since when not.</param>
public sealed record SinkStatus(bool? IsUp, string? Message = null, DateTimeOffset? Since = null);
