using Serverless.Engine.Expressions;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql;

/// <summary>How a job uses a table.</summary>
public enum TableUse
{
    /// <summary>The job reads it.</summary>
    Source,

    /// <summary>The job writes it.</summary>
    Sink,

    /// <summary>The job looks rows up in it by key.</summary>
    Lookup,
}

/// <summary>What the binder has to know of a connector.</summary>
/// <param name="Name">Its name: <c>kafka</c>, <c>mysql</c>…</param>
/// <param name="NeedsPrimaryKey">Whether a sink of this kind upserts by key and so must have a <c>PRIMARY KEY</c>, unless it <see cref="CanAppend"/>.</param>
public sealed record ConnectorTraits(string Name, bool NeedsPrimaryKey)
{
    /// <summary>Whether a sink of this kind only adds rows, so that a row that changes would stand there once for each version.</summary>
    public bool IsAppendOnly { get; init; }

    /// <summary>Whether a sink of this kind takes every change of a row: what is taken away and what is added, whatever its key.</summary>
    public bool TakesChanges { get; init; }

    /// <summary>Where to write rows that change instead, if this sink only adds rows; a sentence.</summary>
    public string Instead { get; init; } = "Write them to a database's table (with --embedded-sinks it is one of a SQLite file), or to a 'print' table to see each version";

    /// <summary>Whether the table's options ask for an INSERT with a list of columns to leave the others as they are.</summary>
    public bool WritesListedColumnsOnly { get; init; }

    /// <summary>The table in the database, as far as the script names it: two sinks with the same are one. Null if what is written is no table of rows by key.</summary>
    public string? Target { get; init; }

    /// <summary>Whether rows that the query no longer has are deleted, with all their columns.</summary>
    public bool DeletesRows { get; init; }

    /// <summary>The tables that are read in its place, each of one topic, if it names several; null for itself.</summary>
    public IReadOnlyList<TableDefinition>? Parts { get; init; }

    /// <summary>Whether it reads topics that are only known when the job runs.</summary>
    public bool FindsTopics { get; init; }

    /// <summary>Whether its columns may be arrays, maps and rows, though it is a table of rows by key.</summary>
    public bool TakesNested { get; init; }

    /// <summary>Whether a table without a primary key takes rows that are only added.</summary>
    public bool CanAppend { get; init; }

    /// <summary>The column that holds the version of the whole row; null without one.</summary>
    public string? VersionColumn { get; init; }
}

/// <summary>What knows the connectors of a host, and the files of functions beside a script. The engine knows none: it asks.</summary>
public interface IConnectorCatalog
{
    /// <summary>
    /// Checks a table's options: an unknown connector or option (naming the nearest known one), a missing or malformed value.
    /// </summary>
    /// <returns>The connector's traits, or null where the connector is not known (an error has been reported).</returns>
    ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics);

    /// <summary>Returns a table's options as <see cref="Describe"/> and everything behind it knows them: under the names of today.</summary>
    /// <param name="options">The options as written.</param>
    /// <param name="diagnostics">Told which names were others.</param>
    TableOptions Renamed(TableOptions options, Diagnostics diagnostics) => options;

    /// <summary>Returns whether there is a connector of the table's name.</summary>
    bool IsKnown(TableDefinition table) => true;

    /// <summary>Returns whether <c>FOR SYSTEM_TIME AS OF</c> asks the table for rows by key, instead of reading it as the source of its versions.</summary>
    bool IsLookup(TableDefinition table);

    /// <summary>Returns whether the last record of a key is its row, as in <c>upsert-kafka</c>.</summary>
    bool IsUpsert(TableDefinition table) => false;

    /// <summary>Finds the class of a function of C#: <c>CREATE FUNCTION … USING ASSEMBLY</c>.</summary>
    /// <returns>The class; null after an error.</returns>
    UserClass? FindClass(CreateFunctionStatement function, Diagnostics diagnostics)
    {
        diagnostics.Error(function.Class.Span, "functions of C# cannot be loaded here");
        return null;
    }
}
