namespace Serverless.Engine.Sql.Syntax;

/// <summary>A scalar expression as written.</summary>
public abstract record ExpressionSyntax(TextSpan Span) : Node(Span);

/// <summary>A column, perhaps qualified or a field of a row: <c>a</c>, <c>t.a</c>, <c>t.a.b</c>.</summary>
public sealed record NameSyntax(TextSpan Span, IReadOnlyList<Identifier> Parts) : ExpressionSyntax(Span);

/// <summary>A field of what is no column: <c>(a).b</c>, <c>a[1].b</c>, <c>f(x).b</c>.</summary>
public sealed record FieldAccessSyntax(TextSpan Span, ExpressionSyntax Operand, Identifier Field) : ExpressionSyntax(Span);

/// <summary>The kinds of literal.</summary>
public enum LiteralKind
{
    /// <summary><c>NULL</c>; the text is empty.</summary>
    Null,

    /// <summary><c>TRUE</c> or <c>FALSE</c>, in upper case.</summary>
    Boolean,

    /// <summary>A number as written: <c>1</c>, <c>1.50</c>, <c>1e-3</c>.</summary>
    Number,

    /// <summary>A string, quotes undone.</summary>
    String,

    /// <summary><c>DATE '2021-12-01'</c>; the text is what stands in the quotes.</summary>
    Date,

    /// <summary><c>TIME '19:10:00'</c>.</summary>
    Time,

    /// <summary><c>TIMESTAMP '2021-12-01 19:10:00'</c>.</summary>
    Timestamp,

    /// <summary><c>x'0c'</c>; the text is what stands in the quotes.</summary>
    Bytes,

    /// <summary>A bare word that a function takes, such as the unit of <c>EXTRACT</c> or <c>TIMESTAMPADD</c>, in upper case.</summary>
    Symbol,
}

/// <summary>A literal.</summary>
public sealed record LiteralSyntax(TextSpan Span, LiteralKind Kind, string Text) : ExpressionSyntax(Span);

/// <summary><c>INTERVAL '1' DAY</c>; the unit in upper case and singular (<c>DAY</c>, <c>HOUR</c>, <c>MONTH</c>…).</summary>
public sealed record IntervalSyntax(TextSpan Span, string Value, string Unit) : ExpressionSyntax(Span)
{
    /// <summary>The unit behind <c>TO</c>: of <c>INTERVAL '1 02' DAY TO HOUR</c> it is HOUR; null without one.</summary>
    public string? LastUnit { get; init; }
}

/// <summary><c>- x</c>, <c>+ x</c>, <c>NOT x</c>; the operator in upper case.</summary>
public sealed record UnarySyntax(TextSpan Span, string Operator, ExpressionSyntax Operand) : ExpressionSyntax(Span);

/// <summary>
/// A binary operator: <c>+ - * / % || = &lt;&gt; &lt; &lt;= &gt; &gt;= AND OR</c>. <c>!=</c> is given as <c>&lt;&gt;</c>;
/// <c>IS [NOT] DISTINCT FROM</c> as written, in upper case.
/// </summary>
public sealed record BinarySyntax(TextSpan Span, string Operator, TextSpan OperatorSpan, ExpressionSyntax Left, ExpressionSyntax Right) : ExpressionSyntax(Span);

/// <summary>
/// A call: <c>f(a, b)</c>, <c>COUNT(*)</c>, <c>COUNT(DISTINCT a) FILTER (WHERE c)</c>. Special forms are given as plain calls:
/// <c>EXTRACT(DAY FROM x)</c> as <c>EXTRACT(DAY, x)</c>, <c>POSITION(a IN b)</c> as <c>POSITION(a, b)</c>,
/// <c>SUBSTRING(s FROM a FOR n)</c> as <c>SUBSTRING(s, a, n)</c>, <c>TRIM(BOTH a FROM s)</c> as <c>TRIM(BOTH, a, s)</c> (a
/// plain <c>TRIM(s)</c> keeps one argument), <c>FLOOR(x TO DAY)</c> as <c>FLOOR(x, DAY)</c>, and words without parentheses
/// (<c>CURRENT_TIMESTAMP</c>, <c>CURRENT_DATE</c>, <c>LOCALTIMESTAMP</c>…) as calls without arguments.
/// </summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The function's name as written.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="IsStar">Whether the argument is <c>*</c>.</param>
/// <param name="IsDistinct">Whether <c>DISTINCT</c> stands before the arguments.</param>
/// <param name="Filter">The condition of <c>FILTER (WHERE …)</c>.</param>
/// <param name="Over">The window behind <c>OVER</c>.</param>
public sealed record CallSyntax(
    TextSpan Span,
    Identifier Name,
    IReadOnlyList<ExpressionSyntax> Arguments,
    bool IsStar = false,
    bool IsDistinct = false,
    ExpressionSyntax? Filter = null,
    OverSyntax? Over = null) : ExpressionSyntax(Span);

/// <summary><c>CAST(x AS type)</c> or <c>TRY_CAST(x AS type)</c>.</summary>
public sealed record CastSyntax(TextSpan Span, ExpressionSyntax Operand, TypeSyntax Type, bool IsTry) : ExpressionSyntax(Span);

/// <summary><c>CASE [operand] WHEN … THEN … [ELSE …] END</c>.</summary>
public sealed record CaseSyntax(TextSpan Span, ExpressionSyntax? Operand, IReadOnlyList<WhenSyntax> Whens, ExpressionSyntax? Else) : ExpressionSyntax(Span);

/// <summary><c>WHEN condition THEN result</c>.</summary>
public sealed record WhenSyntax(TextSpan Span, ExpressionSyntax Condition, ExpressionSyntax Result) : Node(Span)
{
    /// <summary>The further values of <c>CASE x WHEN 1, 2 THEN</c>.</summary>
    public IReadOnlyList<ExpressionSyntax> More { get; init; } = [];
}

/// <summary><c>x [NOT] IN (a, b, …)</c>.</summary>
public sealed record InSyntax(TextSpan Span, ExpressionSyntax Operand, IReadOnlyList<ExpressionSyntax> List, bool IsNegated) : ExpressionSyntax(Span);

/// <summary><c>x [NOT] BETWEEN a AND b</c>.</summary>
public sealed record BetweenSyntax(TextSpan Span, ExpressionSyntax Operand, ExpressionSyntax Low, ExpressionSyntax High, bool IsNegated) : ExpressionSyntax(Span)
{
    /// <summary>Whether <c>SYMMETRIC</c> stands there: the bounds in either order.</summary>
    public bool IsSymmetric { get; init; }
}

/// <summary><c>x [NOT] LIKE pattern [ESCAPE 'c']</c>.</summary>
public sealed record LikeSyntax(TextSpan Span, ExpressionSyntax Operand, ExpressionSyntax Pattern, ExpressionSyntax? Escape, bool IsNegated) : ExpressionSyntax(Span);

/// <summary><c>x IS [NOT] NULL | TRUE | FALSE | UNKNOWN</c>; the test in upper case.</summary>
public sealed record IsSyntax(TextSpan Span, ExpressionSyntax Operand, string Test, bool IsNegated) : ExpressionSyntax(Span);

/// <summary><c>(a, b)</c>: a row of values, such as stands before <c>IN</c>. There are two items at least.</summary>
public sealed record RowSyntax(TextSpan Span, IReadOnlyList<ExpressionSyntax> Items) : ExpressionSyntax(Span);

/// <summary><c>(query)</c> as a value: its only column of its only row, or NULL without a row.</summary>
public sealed record ScalarQuerySyntax(TextSpan Span, QuerySyntax Query) : ExpressionSyntax(Span);

/// <summary><c>EXISTS (query)</c>.</summary>
public sealed record ExistsSyntax(TextSpan Span, QuerySyntax Query) : ExpressionSyntax(Span);

/// <summary><c>x [NOT] IN (query)</c>, <c>(x, y) [NOT] IN (query)</c>.</summary>
public sealed record InQuerySyntax(TextSpan Span, IReadOnlyList<ExpressionSyntax> Operands, QuerySyntax Query, bool IsNegated) : ExpressionSyntax(Span);
