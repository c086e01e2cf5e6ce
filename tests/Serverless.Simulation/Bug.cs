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

    /// <summary>Between shard and group, keep what came last instead of what is made of more events.</summary>
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
}
