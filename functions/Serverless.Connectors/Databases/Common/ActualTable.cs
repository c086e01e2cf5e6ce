namespace Serverless.Connectors.Databases.Common;

/// <summary>A table as the database has it.</summary>
/// <param name="Columns">Its columns in order.</param>
/// <param name="PrimaryKey">The names of its primary key's columns; empty without one.</param>
/// <param name="UniqueIndexes">Its unique indexes but the primary key's.</param>
/// <param name="MissingPrivileges">What the user may not do with it and the sink must: <c>INSERT</c>, <c>UPDATE</c>, <c>DELETE</c>, <c>SELECT</c>, of its schema <c>USAGE</c>.</param>
internal sealed record ActualTable(
    IReadOnlyList<ActualColumn> Columns, IReadOnlyList<string> PrimaryKey, IReadOnlyList<UniqueIndex> UniqueIndexes, IReadOnlyList<string> MissingPrivileges)
{
    /// <summary>The user, as a <c>GRANT</c> names it; null if that is not known.</summary>
    public string? User { get; init; }
}

/// <summary>A column as the database has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the database writes it, as in <c>character varying(10)</c> or <c>decimal(10,2)</c>.</param>
/// <param name="IsNullable">Whether it takes NULL.</param>
/// <param name="HasDefault">Whether the database fills it where a row does not: a default, an identity.</param>
/// <param name="IsGenerated">Whether the database computes it and takes no value.</param>
/// <param name="Collation">How it compares text, where it holds text.</param>
internal sealed record ActualColumn(string Name, string Type, bool IsNullable, bool HasDefault, bool IsGenerated, ActualCollation? Collation)
{
    /// <summary>How the database fills it, as its definition says: <c>DEFAULT</c> and the like; empty if it does not, or where a column is changed without saying it again.</summary>
    public string Default { get; init; } = "";

    /// <summary>Its comment, as its definition says it; empty if there is none, or where a column is changed without saying it again.</summary>
    public string Comment { get; init; } = "";
}

/// <summary>How a column compares text.</summary>
/// <param name="Name">The collation's name.</param>
/// <param name="IsBinary">Whether only equal characters are equal: not 'App1' and 'app1', nor 'e' and 'é'.</param>
/// <param name="PadsBlanks">Whether trailing blanks are no difference.</param>
internal sealed record ActualCollation(string Name, bool IsBinary, bool PadsBlanks)
{
    /// <summary>The server's collation that tells most texts apart, where this is another one; null otherwise.</summary>
    public string? Exact { get; init; }
}

/// <summary>A unique index.</summary>
internal sealed record UniqueIndex(string Name, IReadOnlyList<string> Columns);
