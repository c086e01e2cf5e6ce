namespace Serverless.Engine;

/// <summary>What a script's <c>SET</c> statements say, as far as it means something here. Names are Flink's where Flink has one.</summary>
public sealed record JobSettings
{
    /// <summary><c>table.local-time-zone</c>; UTC unless set.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary><c>table.exec.legacy-cast-behaviour</c> = enabled: a failed CAST is NULL.</summary>
    public bool LegacyCast { get; init; }

    /// <summary><c>table.exec.state.ttl</c>: how long a group without events is kept; null for ever.</summary>
    public TimeSpan? StateTtl { get; init; }

    /// <summary><c>table.exec.source.idle-timeout</c>: after how long a partition without records is not waited for; 0 for never.</summary>
    public TimeSpan SourceIdleTimeout { get; init; }

    /// <summary><c>dedup.horizon</c>: how far apart two deliveries of one record may be; 1 h unless set.</summary>
    public TimeSpan DedupHorizon { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>table.optimizer.distinct-agg.split.enabled</c>; null leaves it to the host.</summary>
    public bool? SplitDistinct { get; init; }

    /// <summary><c>table.optimizer.distinct-agg.split.bucket-num</c>: shards per group; 16 unless set.</summary>
    public int SplitBuckets { get; init; } = 16;

    /// <summary>
    /// <c>execution.state-recovery.ignore-lost-records</c>: whether a job may start anew if the topic no longer has records that its former state was
    /// made of.
    /// </summary>
    public bool IgnoreLostRecords { get; init; }

    /// <summary><c>state.cells</c>: how many entities the groups of a job share in a durable host; 0 (<c>none</c>) for one entity a group, null to leave it to the host.</summary>
    public int? Cells { get; init; }

    /// <summary>The script's own functions, by their names in any letter case.</summary>
    internal IReadOnlyDictionary<string, Sql.Binding.ScriptFunction> Functions { get; init; } = new Dictionary<string, Sql.Binding.ScriptFunction>();
}
