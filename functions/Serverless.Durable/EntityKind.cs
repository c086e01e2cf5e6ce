namespace Serverless.Durable;

/// <summary>The kinds of entity.</summary>
public enum EntityKind
{
    /// <summary>Holds shards: <see cref="ShardCell"/>.</summary>
    Shard,

    /// <summary>Holds groups: <see cref="GroupCell"/>.</summary>
    Group,

    /// <summary>Holds a part of a sink's rows until they are written: <see cref="Outbox"/>.</summary>
    Output,

    /// <summary>Holds what concerns a job as a whole: <see cref="JobState"/>.</summary>
    Job,

    /// <summary>Holds a cell of a stage: <see cref="StageCell"/>.</summary>
    Stage,
}
