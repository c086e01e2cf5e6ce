namespace Serverless.Simulation.Stages;

/// <summary>A deliberate mistake in what runs a job of several stages: each of these must be found.</summary>
internal enum StageBug
{
    /// <summary>As designed.</summary>
    None,

    /// <summary>Add every delivery.</summary>
    AddEveryDelivery,

    /// <summary>Send what an execution made, without storing it first.</summary>
    SendBeforeStoring,

    /// <summary>Take any timer for the right one.</summary>
    TakeAnyTimer,

    /// <summary>When the timer comes, send also what was made since.</summary>
    SendWhatIsNotSealed,

    /// <summary>Number deltas when they are sent, and not when they are sealed.</summary>
    NumberWhenSending,

    /// <summary>In the sink, keep the row that came last instead of adding up.</summary>
    KeepTheLastRow,

    /// <summary>Forget a delta when it is sent.</summary>
    ForgetWhatIsSent,

    /// <summary>Wait for a timer however long it is overdue.</summary>
    WaitForOverdueTimers,

    /// <summary>Do not ask for offsets that are missing.</summary>
    AskForNothing,

    /// <summary>Confirm what an execution added, without storing it first.</summary>
    ConfirmBeforeStoring,

    /// <summary>Send rows that were looked up where their answer says, without going where their record says first.</summary>
    ExchangeByTheAnswer,

    /// <summary>Take a mark for reached before the deltas have come that it is about.</summary>
    OvertakeDeltas,

    /// <summary>Say of records that are on their way to a cell that it is behind them.</summary>
    OvertakeRecords,

    /// <summary>Put into the key store what an execution has made, without storing its state first.</summary>
    EvictUnstored,

    /// <summary>Take any timer for the one with which cold keys leave the state.</summary>
    EvictWithAnyTimer,

    /// <summary>Let go of cold keys although they could not be written.</summary>
    LoseEvictions,

    /// <summary>Take what the state does not hold for new.</summary>
    ReadNoKeys,

    /// <summary>Forget a key that has no state any more, though the key store knows it.</summary>
    ForgetEmptyKeys,
}
