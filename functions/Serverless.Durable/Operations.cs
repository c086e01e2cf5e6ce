namespace Serverless.Durable;

/// <summary>What entities can be asked to do.</summary>
public static class Operations
{
    /// <summary>Apply slices: <see cref="SlicesMessage"/>, to groups and shards. Add deltas: <see cref="DeltasMessage"/>, to cells of stages.</summary>
    public const string Apply = "Apply";

    /// <summary>Merge shards' summaries: <see cref="SummariesMessage"/>, to groups.</summary>
    public const string Merge = "Merge";

    /// <summary>Send the rows that summaries have touched: <see cref="TickMessage"/>, to groups, from themselves.</summary>
    public const string Emit = "Emit";

    /// <summary>Take rows: <see cref="RowsMessage"/>, or <see cref="DeltasMessage"/> of a job of several stages, to outputs.</summary>
    public const string Add = "Add";

    /// <summary>The time that an entity set itself has come: <see cref="TickMessage"/>.</summary>
    public const string Tick = "Tick";

    /// <summary>Say until when an output takes no more: <see cref="PressureMessage"/>.</summary>
    public const string Raise = "Raise";

    /// <summary>Forget what a receiver has stored: <see cref="ConfirmMessage"/>, to groups, shards and cells of stages.</summary>
    public const string Confirm = "Confirm";

    /// <summary>Look whether a due time is overdue: <see cref="PulseMessage"/>, to every entity that has a fixed key.</summary>
    public const string Pulse = "Pulse";

    /// <summary>Send all rows again: <see cref="RewriteMessage"/>, to groups, and to the outputs of a job of several stages.</summary>
    public const string Rewrite = "Rewrite";

    /// <summary>Delete the state: nobody needs it any more. To the entities of a former generation.</summary>
    public const string Forget = "Forget";

    /// <summary>Hear of the lives of groups: <see cref="LivesMessage"/>, to shards.</summary>
    public const string Live = "Live";

    /// <summary>Pass by an entity with each pulse until it comes to rest: <see cref="WatchMessage"/>, to the job's entity.</summary>
    public const string Watch = "Watch";

    /// <summary>Take note of gaps: <see cref="GapsMessage"/>, to the job's entity.</summary>
    public const string Report = "Report";

    /// <summary>Take note of how far the job has read: <see cref="PositionMark"/>, to its entity.</summary>
    public const string Mark = "Mark";

    /// <summary>Take note of how far a sender is: <see cref="FrontierMessage"/>, to cells of stages.</summary>
    public const string Advance = "Advance";

    /// <summary>Take note of where a job of several stages begins to read: <see cref="BeginMessage"/>, to its entity.</summary>
    public const string Begin = "Begin";

    /// <summary>Take note that a quiet partition has been looked at once more: <see cref="QuietCheck"/>, to the job's entity.</summary>
    public const string Checked = "Checked";
}
