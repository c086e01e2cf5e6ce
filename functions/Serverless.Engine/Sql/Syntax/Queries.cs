namespace Serverless.Engine.Sql.Syntax;

/// <summary>A query: a SELECT, several put together, or one with names or an order around it.</summary>
public abstract record QuerySyntax(TextSpan Span) : Node(Span);

/// <summary><c>SELECT [DISTINCT] … [FROM …] [WHERE …] [GROUP BY …] [HAVING …] [WINDOW …] [QUALIFY …]</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="IsDistinct">Whether <c>DISTINCT</c> stands before the items.</param>
/// <param name="Items">The select list.</param>
/// <param name="From">What it reads; null for a query without <c>FROM</c>, which has one row.</param>
/// <param name="Where">The condition on rows.</param>
/// <param name="GroupBy">The items of <c>GROUP BY</c>; empty without one.</param>
/// <param name="Having">The condition on groups.</param>
/// <param name="Windows">The windows that <c>WINDOW</c> names.</param>
/// <param name="Qualify">The condition on rows with the results of their window functions.</param>
public sealed record SelectSyntax(
    TextSpan Span,
    bool IsDistinct,
    IReadOnlyList<SelectItemSyntax> Items,
    FromSyntax? From,
    ExpressionSyntax? Where,
    IReadOnlyList<GroupItemSyntax> GroupBy,
    ExpressionSyntax? Having,
    IReadOnlyList<NamedWindowSyntax> Windows,
    ExpressionSyntax? Qualify) : QuerySyntax(Span)
{
    /// <summary>The hints behind <c>SELECT</c>.</summary>
    public IReadOnlyList<HintSyntax> Hints { get; init; } = [];
}

/// <summary><c>OPTIONS('k' = 'v')</c>, or another hint, in <c>/*+ … */</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">Which hint.</param>
/// <param name="Options">Its options; arguments that are none are left out.</param>
public sealed record HintSyntax(TextSpan Span, Identifier Name, IReadOnlyList<OptionSyntax> Options) : Node(Span);

/// <summary>The set operations.</summary>
public enum SetOperator
{
    /// <summary><c>UNION</c>.</summary>
    Union,

    /// <summary><c>INTERSECT</c>.</summary>
    Intersect,

    /// <summary><c>EXCEPT</c>, or <c>MINUS</c>.</summary>
    Except,
}

/// <summary><c>query UNION | INTERSECT | EXCEPT [ALL | DISTINCT] query</c>; <c>INTERSECT</c> binds tighter, the others go from left to right.</summary>
public sealed record SetOperationSyntax(TextSpan Span, SetOperator Operator, bool IsAll, QuerySyntax Left, QuerySyntax Right) : QuerySyntax(Span);

/// <summary><c>WITH name [(columns)] AS (query), … query</c>.</summary>
public sealed record WithSyntax(TextSpan Span, IReadOnlyList<WithItemSyntax> Items, QuerySyntax Body) : QuerySyntax(Span);

/// <summary><c>name [(columns)] AS (query)</c>.</summary>
public sealed record WithItemSyntax(TextSpan Span, Identifier Name, IReadOnlyList<Identifier>? Columns, QuerySyntax Query) : Node(Span);

/// <summary><c>query [ORDER BY …] [LIMIT n] [OFFSET n]</c>; <c>FETCH FIRST n ROWS ONLY</c> is given as a limit.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Query">The query.</param>
/// <param name="OrderBy">The order; empty without one.</param>
/// <param name="Limit">The most rows; null for all.</param>
/// <param name="Offset">The rows that are left out in front.</param>
public sealed record OrderedSyntax(TextSpan Span, QuerySyntax Query, IReadOnlyList<OrderItemSyntax> OrderBy, ExpressionSyntax? Limit, ExpressionSyntax? Offset) : QuerySyntax(Span);

/// <summary><c>VALUES (a, b), (c, d)</c>.</summary>
public sealed record ValuesSyntax(TextSpan Span, IReadOnlyList<IReadOnlyList<ExpressionSyntax>> Rows) : QuerySyntax(Span);

/// <summary>One item of a select list.</summary>
public abstract record SelectItemSyntax(TextSpan Span) : Node(Span);

/// <summary><c>expression [[AS] alias]</c>.</summary>
public sealed record SelectExpressionSyntax(TextSpan Span, ExpressionSyntax Expression, Identifier? Alias) : SelectItemSyntax(Span);

/// <summary><c>*</c> or <c>a.*</c>.</summary>
public sealed record SelectStarSyntax(TextSpan Span, Identifier? Qualifier) : SelectItemSyntax(Span);

/// <summary>One item of <c>GROUP BY</c>.</summary>
public abstract record GroupItemSyntax(TextSpan Span) : Node(Span);

/// <summary>An expression to group by.</summary>
public sealed record GroupExpressionSyntax(TextSpan Span, ExpressionSyntax Expression) : GroupItemSyntax(Span);

/// <summary>The kinds of <see cref="GroupingSetsSyntax"/>.</summary>
public enum GroupingKind
{
    /// <summary><c>GROUPING SETS ((a, b), (a), ())</c>.</summary>
    Sets,

    /// <summary><c>ROLLUP (a, b)</c>.</summary>
    Rollup,

    /// <summary><c>CUBE (a, b)</c>.</summary>
    Cube,
}

/// <summary><c>GROUPING SETS (…)</c>, <c>ROLLUP (…)</c> or <c>CUBE (…)</c>; <c>()</c> alone is one empty set.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Kind">Which.</param>
/// <param name="Sets">The sets as written: <c>a</c> in a list is a set of one.</param>
public sealed record GroupingSetsSyntax(TextSpan Span, GroupingKind Kind, IReadOnlyList<IReadOnlyList<ExpressionSyntax>> Sets) : GroupItemSyntax(Span);

/// <summary><c>expression [ASC | DESC] [NULLS FIRST | NULLS LAST]</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Expression">What is ordered by.</param>
/// <param name="IsDescending">Whether <c>DESC</c> stands there.</param>
/// <param name="NullsFirst">Where NULL comes; null if it is not written (Flink takes NULL for the least value).</param>
public sealed record OrderItemSyntax(TextSpan Span, ExpressionSyntax Expression, bool IsDescending, bool? NullsFirst) : Node(Span);

/// <summary><c>name AS (window)</c> of a <c>WINDOW</c> clause.</summary>
public sealed record NamedWindowSyntax(TextSpan Span, Identifier Name, OverSyntax Window) : Node(Span);

/// <summary>What stands behind <c>OVER</c>: a name, or <c>(PARTITION BY … ORDER BY … ROWS | RANGE …)</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The window of the <c>WINDOW</c> clause, alone or as what this one adds to; null without one.</param>
/// <param name="PartitionBy">What rows are put together by.</param>
/// <param name="OrderBy">Their order.</param>
/// <param name="Frame">The frame; null if it is not written.</param>
public sealed record OverSyntax(TextSpan Span, Identifier? Name, IReadOnlyList<ExpressionSyntax> PartitionBy, IReadOnlyList<OrderItemSyntax> OrderBy, FrameSyntax? Frame) : Node(Span);

/// <summary><c>ROWS | RANGE [BETWEEN] bound [AND bound]</c>; a single bound goes up to <c>CURRENT ROW</c>.</summary>
public sealed record FrameSyntax(TextSpan Span, bool IsRows, FrameBoundSyntax Start, FrameBoundSyntax End) : Node(Span);

/// <summary>A bound of a frame.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="IsFollowing">Whether it is <c>FOLLOWING</c>; <c>PRECEDING</c> or <c>CURRENT ROW</c> otherwise.</param>
/// <param name="IsUnbounded">Whether it is <c>UNBOUNDED</c>.</param>
/// <param name="Distance">How far it is; null for <c>CURRENT ROW</c> and <c>UNBOUNDED</c>.</param>
public sealed record FrameBoundSyntax(TextSpan Span, bool IsFollowing, bool IsUnbounded, ExpressionSyntax? Distance) : Node(Span);

/// <summary>What a query reads.</summary>
public abstract record FromSyntax(TextSpan Span) : Node(Span);

/// <summary>A name of what is read, and of its columns: <c>[AS] alias [(a, b)]</c>.</summary>
public sealed record AliasSyntax(TextSpan Span, Identifier Name, IReadOnlyList<Identifier>? Columns) : Node(Span);

/// <summary>A table or a view by name, perhaps <c>FOR SYSTEM_TIME AS OF time</c>.</summary>
public sealed record FromTableSyntax(TextSpan Span, Identifier Name, ExpressionSyntax? SystemTime, AliasSyntax? Alias) : FromSyntax(Span)
{
    /// <summary>The hints behind the name.</summary>
    public IReadOnlyList<HintSyntax> Hints { get; init; } = [];
}

/// <summary><c>[LATERAL] (query) [AS] alias</c>.</summary>
public sealed record FromQuerySyntax(TextSpan Span, QuerySyntax Query, bool IsLateral, AliasSyntax? Alias) : FromSyntax(Span);

/// <summary><c>[LATERAL] TABLE(f(arguments)) [AS] alias</c>: a window such as <c>TUMBLE</c>, or another table function.</summary>
public sealed record FromFunctionSyntax(TextSpan Span, Identifier Name, IReadOnlyList<TableArgumentSyntax> Arguments, AliasSyntax? Alias) : FromSyntax(Span);

/// <summary><c>UNNEST(expression) [WITH ORDINALITY] [AS] alias</c>.</summary>
public sealed record FromUnnestSyntax(TextSpan Span, ExpressionSyntax Expression, bool WithOrdinality, AliasSyntax? Alias) : FromSyntax(Span);

/// <summary>An argument of a table function: <c>[name =&gt;] TABLE t</c>, <c>DESCRIPTOR(a)</c> or an expression; exactly one of the three is given.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The name in front of <c>=&gt;</c>.</param>
/// <param name="Table">The table, with the columns of <c>PARTITION BY</c> behind it.</param>
/// <param name="PartitionBy">The columns that <c>PARTITION BY</c> names.</param>
/// <param name="Descriptor">The columns of <c>DESCRIPTOR</c>.</param>
/// <param name="Expression">The expression.</param>
public sealed record TableArgumentSyntax(
    TextSpan Span,
    Identifier? Name,
    FromSyntax? Table,
    IReadOnlyList<ExpressionSyntax> PartitionBy,
    IReadOnlyList<Identifier>? Descriptor,
    ExpressionSyntax? Expression) : Node(Span);

/// <summary>The kinds of join.</summary>
public enum JoinKind
{
    /// <summary><c>[INNER] JOIN</c>.</summary>
    Inner,

    /// <summary><c>LEFT [OUTER] JOIN</c>.</summary>
    Left,

    /// <summary><c>RIGHT [OUTER] JOIN</c>.</summary>
    Right,

    /// <summary><c>FULL [OUTER] JOIN</c>.</summary>
    Full,

    /// <summary><c>CROSS JOIN</c>, or a comma.</summary>
    Cross,
}

/// <summary><c>left JOIN right [ON condition | USING (columns)]</c>.</summary>
public sealed record JoinSyntax(TextSpan Span, JoinKind Kind, FromSyntax Left, FromSyntax Right, ExpressionSyntax? On, IReadOnlyList<Identifier>? Using) : FromSyntax(Span);
