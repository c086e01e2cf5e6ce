using Serverless.Engine.Values;

namespace Serverless.Engine.Sql;

/// <summary>A table as a script's <c>CREATE TABLE</c> says: what a connector needs to know to read or write it.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Span">Where its name stands.</param>
/// <param name="Columns">The physical columns in order; computed ones belong to the query, not to the table.</param>
/// <param name="PrimaryKey">Indices into <paramref name="Columns"/>; empty without a primary key.</param>
/// <param name="Options">What stands in <c>WITH (…)</c>.</param>
public sealed record TableDefinition(
    string Name,
    TextSpan Span,
    IReadOnlyList<TableColumn> Columns,
    IReadOnlyList<int> PrimaryKey,
    TableOptions Options)
{
    /// <summary>The name of its connector in lower case, as <c>connector</c> or, in old scripts, <c>type</c> gives it; empty if it has none.</summary>
    public string Connector => Options.TryGet(out var connector, "connector", "type") ? connector.Value.ToLowerInvariant() : "";

    private TableDefinition? Whole { get; init; }

    /// <summary>The table as the script declares it, which is this one unless an INSERT writes only some of its columns.</summary>
    public TableDefinition Declared => Whole ?? this;

    /// <summary>Returns the table as an INSERT sees it that leaves the other columns as they are.</summary>
    /// <param name="written">The columns that it writes, the primary key's among them.</param>
    public TableDefinition Only(IReadOnlySet<int> written)
    {
        var kept = Enumerable.Range(0, Columns.Count).Where(written.Contains).ToList();
        return new TableDefinition(Name, Span, [.. kept.Select(i => Columns[i])], [.. PrimaryKey.Select(k => kept.IndexOf(k))], Options) { Whole = Declared };
    }
}

/// <summary>A physical column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsNotNull">Whether the script says <c>NOT NULL</c>.</param>
public sealed record TableColumn(string Name, SqlType Type, bool IsNotNull)
{
    /// <summary>Where its name stands.</summary>
    public TextSpan Span { get; init; }
}
