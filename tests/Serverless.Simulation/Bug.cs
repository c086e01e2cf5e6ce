namespace Serverless.Simulation;

/// <summary>A deliberate mistake. A simulation that cannot fail proves nothing: each of these must be found.</summary>
internal enum Bug
{
    /// <summary>As designed.</summary>
    None,

    /// <summary>Apply every delivery.</summary>
    SkipOffsetCheck,

    /// <summary>Take an offset below the last one for seen, instead of looking at what is covered.</summary>
    IgnoreOffsetsBelowTheLast,

    /// <summary>Between shard and group, keep what came last instead of what is newer.</summary>
    DropSummaryVersion,

    /// <summary>Between group and output, keep what came last.</summary>
    DropRowVersion,

    /// <summary>Pass on differences instead of absolute values.</summary>
    SendDifferences,

    /// <summary>Send the row of the bucket an event fell into, and not the later ones it is part of.</summary>
    SendOnlyWhatChanged,

    /// <summary>Forget what has been written as soon as it is.</summary>
    ForgetWrittenVersions,

    /// <summary>Give up gaps at once, and not when both their sides are older than the horizon.</summary>
    CloseGapsEarly,

    /// <summary>Set nothing again that is overdue.</summary>
    IgnoreOverdueTimes,

    /// <summary>Send nothing again that nobody confirms.</summary>
    SendOnlyOnce,

    /// <summary>Confirm at once, before the state that holds what is confirmed is stored.</summary>
    ConfirmBeforeStoring,

    /// <summary>Repair no gap.</summary>
    RepairNoGap,

    /// <summary>Take no note of where a reading began: what is missing is given up with time.</summary>
    CloseProvenGaps,

    /// <summary>Begin a new reading where the former one ended.</summary>
    NeverReadAgain,

    /// <summary>Compare versions without their lives.</summary>
    DropLife,

    /// <summary>Compare versions without their epochs.</summary>
    DropEpoch,

    /// <summary>Write no row again that an edit of the script has changed.</summary>
    WriteNothingAgain,

    /// <summary>Put into the key store what an execution has made, without storing its state first.</summary>
    EvictUnstored,

    /// <summary>Take any timer for the one with which cold keys leave the state.</summary>
    EvictWithAnyTimer,

    /// <summary>In the key store, keep what came last instead of what is newer.</summary>
    KeepLastEviction,

    /// <summary>Let go of cold keys although they could not be written.</summary>
    LoseEvictions,

    /// <summary>Take what the state does not hold for new.</summary>
    ReadNoKeys,

    /// <summary>Write only those rows again whose groups the state holds.</summary>
    RewriteHotKeysOnly,
}
