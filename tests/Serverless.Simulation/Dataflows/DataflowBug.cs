namespace Serverless.Simulation.Dataflows;

/// <summary>A deliberate mistake of a host that runs jobs of several stages. A simulation that cannot fail proves nothing: each of these must be found.</summary>
internal enum DataflowBug
{
    /// <summary>As designed.</summary>
    None,

    /// <summary>Store the read offsets before the state that they speak of.</summary>
    StoreOffsetsBeforeState,

    /// <summary>Store the read offsets after the state that they speak of: a batch is applied twice.</summary>
    StoreOffsetsAfterState,

    /// <summary>Store the rows that wait for the sink after the state that they are made of.</summary>
    StoreWaitingRowsAfterState,

    /// <summary>Forget at a restart the rows that waited for the sink.</summary>
    LoseWaitingRows,

    /// <summary>Take rows for written that the sink has not acknowledged.</summary>
    AcknowledgeBeforeWriting,

    /// <summary>Commit the offsets of what was read and is not stored.</summary>
    CommitBeforeStoring,

    /// <summary>Keep what is stored under a key that is no more.</summary>
    KeepDeletedKeys,

    /// <summary>Store nothing of the last operator.</summary>
    ForgetAStage,
}
