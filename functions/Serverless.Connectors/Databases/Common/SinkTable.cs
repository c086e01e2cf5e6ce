using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Connectors.Databases.Common;

/// <summary>A table of a database and how it is written.</summary>
/// <param name="Definition">Its columns and key, as the script says.</param>
/// <param name="Schema">The schema it is in; null for the connection's own.</param>
/// <param name="Name">Its name in the database.</param>
internal sealed record SinkTable(TableDefinition Definition, string? Schema, string Name)
{
    /// <summary>The most rows of a statement.</summary>
    public required int MaxRows { get; init; }

    /// <summary>The approximate maximum of a statement's values in bytes; a larger row is written alone.</summary>
    public long MaxBytes { get; init; } = 2 << 20;

    /// <summary>What becomes of rows that the query no longer has.</summary>
    public DeleteStrategy Deletes { get; init; }

    /// <summary>
    /// A BIGINT column of the database's table, none of the script's, that holds each row's <see cref="StampOf"/>: a row is overwritten or deleted only
    /// by one with the same stamp or a greater. Null without one.
    /// </summary>
    public string? VersionColumn { get; init; }

    /// <summary>The time to live of the state that the rows are made of; null for none.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The condition under which a row is overwritten; null for always.</summary>
    public CheckAndPut? CheckAndPut { get; init; }

    /// <summary>Whether a NULL leaves what the database has.</summary>
    public bool IgnoresNull { get; init; }

    /// <summary>Whether the character U+0000, which PostgreSQL cannot hold, is taken out of text.</summary>
    public bool RemovesNul { get; init; }

    /// <summary>Its name for messages: with the schema where there is one.</summary>
    public string FullName => Schema is null ? Name : $"{Schema}.{Name}";

    /// <summary>A text of all that decides how a row is written: if it differs, the rows may differ.</summary>
    public string Writing => $"deletes {Deletes}, version {VersionColumn}, check {CheckAndPut}, ignores null {IgnoresNull}, removes nul {RemovesNul}";

    /// <summary>The columns that are not the key's, as indices.</summary>
    public IEnumerable<int> ValueColumns => Enumerable.Range(0, Definition.Columns.Count).Except(Definition.PrimaryKey);

    /// <summary>What the version column holds of a row: see <see cref="RowVersion.Stamp"/>.</summary>
    public long StampOf(RowChange change) => change.Version.Stamp(TimeToLive);
}
