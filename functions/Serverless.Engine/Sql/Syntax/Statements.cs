using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Syntax;

/// <summary>Anything a script is made of.</summary>
/// <param name="Span">Where it stands.</param>
public abstract record Node(TextSpan Span);

/// <summary>A name as written, without its backquotes.</summary>
/// <param name="Span">Where it stands, backquotes included.</param>
/// <param name="Text">The name.</param>
public sealed record Identifier(TextSpan Span, string Text) : Node(Span)
{
    /// <summary>The last part of a table's name that has several, and otherwise the name: what columns have in front of them.</summary>
    public string Last { get; init; } = Text;
}

/// <summary>One statement of a script.</summary>
public abstract record Statement(TextSpan Span) : Node(Span);

/// <summary><c>SET 'key' = 'value'</c>.</summary>
public sealed record SetStatement(TextSpan Span, StringValue Key, StringValue Value) : Statement(Span);

/// <summary>A quoted or bare word that stands for text: option names and values, comments.</summary>
/// <param name="Span">Where it stands, quotes included.</param>
/// <param name="Text">The text, quotes undone.</param>
public sealed record StringValue(TextSpan Span, string Text) : Node(Span);

/// <summary><c>CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (…) [COMMENT '…'] WITH (…)</c>.</summary>
public sealed record CreateTableStatement(
    TextSpan Span,
    Identifier Name,
    IReadOnlyList<ColumnSyntax> Columns,
    IReadOnlyList<Identifier>? PrimaryKey,
    WatermarkSyntax? Watermark,
    IReadOnlyList<OptionSyntax> Options) : Statement(Span)
{
    /// <summary>Whether <c>IF NOT EXISTS</c> stands before the name: a table of the name that there is stays.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>Where <c>PARTITIONED BY</c> or <c>DISTRIBUTED BY</c> stands; null without one.</summary>
    public TextSpan? Partitioning { get; init; }

    /// <summary>The table that it is like; null without one.</summary>
    public LikeTableSyntax? Like { get; init; }

    /// <summary>The query behind <c>AS</c>, whose rows fill the table; null without one.</summary>
    public QuerySyntax? Query { get; init; }
}

/// <summary><c>LIKE name (INCLUDING | EXCLUDING | OVERWRITING what, …)</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The other table.</param>
/// <param name="Choices">What to do with what, both in upper case, in the order written.</param>
public sealed record LikeTableSyntax(TextSpan Span, Identifier Name, IReadOnlyList<(string Action, string What)> Choices) : Node(Span);

/// <summary>A column of a <c>CREATE TABLE</c>.</summary>
public abstract record ColumnSyntax(TextSpan Span, Identifier Name) : Node(Span);

/// <summary><c>name TYPE [NOT NULL] [PRIMARY KEY [NOT ENFORCED]] [COMMENT '…']</c>.</summary>
public sealed record PhysicalColumnSyntax(TextSpan Span, Identifier Name, TypeSyntax Type, bool NotNull, bool IsPrimaryKey) : ColumnSyntax(Span, Name);

/// <summary><c>name TYPE METADATA [FROM 'key'] [VIRTUAL]</c>: what is known of a record beside its value.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Key">What stands behind FROM; null for the column's name.</param>
/// <param name="IsVirtual">Whether it is only read.</param>
public sealed record MetadataColumnSyntax(TextSpan Span, Identifier Name, TypeSyntax Type, StringValue? Key, bool IsVirtual) : ColumnSyntax(Span, Name);

/// <summary><c>name AS expression [COMMENT '…']</c>.</summary>
public sealed record ComputedColumnSyntax(TextSpan Span, Identifier Name, ExpressionSyntax Expression) : ColumnSyntax(Span, Name);

/// <summary>A column that a table takes from the query of <c>CREATE TABLE … AS</c>.</summary>
public sealed record QueryColumnSyntax(TextSpan Span, Identifier Name, SqlType Type) : ColumnSyntax(Span, Name);

/// <summary><c>WATERMARK FOR column AS expression</c>: up to which time no more records are expected.</summary>
public sealed record WatermarkSyntax(TextSpan Span, Identifier Column, ExpressionSyntax Time) : Node(Span);

/// <summary>A type as written: <c>VARCHAR(255)</c>, <c>TIMESTAMP(3) WITH LOCAL TIME ZONE</c>, <c>ROW&lt;a INT, b STRING&gt;</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The name in upper case, words separated by one blank: <c>TIMESTAMP WITH LOCAL TIME ZONE</c>, <c>DOUBLE PRECISION</c>.</param>
/// <param name="Arguments">The numbers in parentheses.</param>
/// <param name="Fields">The fields of a <c>ROW</c>; empty otherwise.</param>
public sealed record TypeSyntax(TextSpan Span, string Name, IReadOnlyList<int> Arguments, IReadOnlyList<FieldSyntax> Fields) : Node(Span)
{
    /// <summary>The element of an <c>ARRAY</c> or <c>MULTISET</c>, key and value of a <c>MAP</c>; empty otherwise.</summary>
    public IReadOnlyList<TypeSyntax> Elements { get; init; } = [];
}

/// <summary>A field of a <c>ROW</c> type.</summary>
public sealed record FieldSyntax(TextSpan Span, Identifier Name, TypeSyntax Type) : Node(Span);

/// <summary>One option of <c>WITH (…)</c>: <c>'connector' = 'kafka'</c>, or the legacy <c>tableName = 'x'</c>.</summary>
public sealed record OptionSyntax(TextSpan Span, StringValue Name, StringValue Value) : Node(Span);

/// <summary><c>CREATE [TEMPORARY] VIEW name [(columns)] AS query</c>.</summary>
public sealed record CreateViewStatement(TextSpan Span, Identifier Name, IReadOnlyList<Identifier>? Columns, QuerySyntax Query) : Statement(Span)
{
    /// <summary>Whether <c>IF NOT EXISTS</c> stands before the name: a view of the name that there is stays.</summary>
    public bool IfNotExists { get; init; }
}

/// <summary><c>INSERT INTO table [(columns)] query</c>.</summary>
public sealed record InsertStatement(TextSpan Span, Identifier Table, IReadOnlyList<Identifier>? Columns, QuerySyntax Query) : Statement(Span)
{
    /// <summary>The hints behind the table's name.</summary>
    public IReadOnlyList<HintSyntax> Hints { get; init; } = [];

    /// <summary>Whether it stands for a query alone, which is printed: the table has the query's columns.</summary>
    public bool IsPrinted { get; init; }
}
