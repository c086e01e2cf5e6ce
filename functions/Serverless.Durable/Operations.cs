namespace Serverless.Durable;

/// <summary>What entities can be asked to do.</summary>
public static class Operations
{
    /// <summary>Apply slices: <see cref="SlicesMessage"/>, to groups and shards.</summary>
    public const string Apply = "Apply";

    /// <summary>Merge shards' summaries: <see cref="SummariesMessage"/>, to groups.</summary>
    public const string Merge = "Merge";

    /// <summary>Send the rows that summaries have touched: <see cref="TickMessage"/>, to groups, from themselves.</summary>
    public const string Emit = "Emit";

    /// <summary>Take rows: <see cref="RowsMessage"/>, to outputs.</summary>
    public const string Add = "Add";

    /// <summary>The time that an entity set itself has come: <see cref="TickMessage"/>.</summary>
    public const string Tick = "Tick";

    /// <summary>Say until when an output takes no more: <see cref="PressureMessage"/>.</summary>
    public const string Raise = "Raise";
}
