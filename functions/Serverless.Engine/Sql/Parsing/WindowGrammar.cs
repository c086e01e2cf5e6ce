using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Windows of rows: <c>OVER</c>, <c>WINDOW</c> and the order of rows.</summary>
internal static class WindowGrammar
{
    private const string FrameEdge = "UNBOUNDED PRECEDING, CURRENT ROW, or a distance and PRECEDING or FOLLOWING";

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Expression = ExpressionGrammar.Expression;

    private static readonly TokenListParser<SqlToken, bool?> NullsFirst =
        (from word in Keyword("NULLS")
         from first in Keyword("FIRST").Value(true).Or(Keyword("LAST").Value(false))
         select (bool?)first).OptionalOrDefault(null);

    private static readonly TokenListParser<SqlToken, OrderItemSyntax> OrderItem = Spanned(
        from expression in Expression
        from isDescending in Keyword("DESC").Value(true).Or(Keyword("ASC").Value(false)).OptionalOrDefault(false)
        from nulls in NullsFirst
        select At(span => new OrderItemSyntax(span, expression, isDescending, nulls)));

    /// <summary><c>ORDER BY …</c>; empty without it.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<OrderItemSyntax>> OrderBy { get; } =
        (from words in Keyword("ORDER", "BY")
         from items in OrderItem.AtLeastOnceDelimitedBy(Comma)
         select (IReadOnlyList<OrderItemSyntax>)items).OptionalOrDefault([]);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> PartitionBy =
        (from words in Keyword("PARTITION", "BY")
         from items in Expression.AtLeastOnceDelimitedBy(Comma)
         select (IReadOnlyList<ExpressionSyntax>)items).OptionalOrDefault([]);

    private static readonly TokenListParser<SqlToken, bool> IsFollowing =
        Keyword("FOLLOWING").Value(true).Or(Keyword("PRECEDING").Value(false)).Named("PRECEDING or FOLLOWING");

    private static readonly TokenListParser<SqlToken, FrameBoundSyntax> CurrentRow = Spanned(
        from words in Keyword("CURRENT", "ROW")
        select At(span => new FrameBoundSyntax(span, false, false, null)));

    private static readonly TokenListParser<SqlToken, FrameBoundSyntax> Unbounded = Spanned(
        from word in Keyword("UNBOUNDED")
        from following in IsFollowing
        select At(span => new FrameBoundSyntax(span, following, true, null)));

    private static readonly TokenListParser<SqlToken, FrameBoundSyntax> Distance = Spanned(
        from distance in ExpressionGrammar.Operand
        from following in IsFollowing
        select At(span => new FrameBoundSyntax(span, following, false, distance)));

    private static readonly TokenListParser<SqlToken, FrameBoundSyntax> Bound = CurrentRow.Or(Unbounded).Or(Distance).Named(FrameEdge);

    private static readonly TokenListParser<SqlToken, (FrameBoundSyntax Start, FrameBoundSyntax? End)> Bounds =
        (from word in Keyword("BETWEEN")
         from start in Bound
         from and in Keyword("AND")
         from end in Bound
         select (start, (FrameBoundSyntax?)end))
        .Or(Bound.Select(start => (start, (FrameBoundSyntax?)null)))
        .Named(FrameEdge);

    private static readonly TokenListParser<SqlToken, FrameSyntax?> Frame = Maybe(Spanned(
        from rows in Keyword("ROWS").Value(true).Or(Keyword("RANGE").Value(false))
            .Or(Refuse<bool, TextSpan>(Keyword("GROUPS"), "GROUPS is not supported; write ROWS or RANGE"))
        from bounds in Bounds
        from exclude in RefuseAny(("{0} is not supported: a frame is a range without holes", ["EXCLUDE"]))
        select At(span => new FrameSyntax(span, rows, bounds.Start, bounds.End ?? new FrameBoundSyntax(bounds.Start.Span, false, false, null)))));

    private static readonly TokenListParser<SqlToken, OverSyntax> Window = Spanned(
        from open in LeftParenthesis
        from name in Maybe(Name("a window's name"))
        from partition in PartitionBy
        from order in OrderBy
        from frame in Frame
        from close in (TokenListParser<SqlToken, TextSpan>)(input => Close(input, name, partition.Count > 0, order.Count > 0, frame))
        select At(span => new OverSyntax(span, name, partition, order, frame)));

    /// <summary><c>OVER name</c> or <c>OVER (…)</c>; null without it.</summary>
    public static TokenListParser<SqlToken, OverSyntax?> Over { get; } = Maybe(
        from word in Keyword("OVER")
        from window in Window
            .Or(Name("a window's name").Select(name => new OverSyntax(name.Span, name, [], [], null)))
        select window);

    private static readonly TokenListParser<SqlToken, NamedWindowSyntax> NamedWindow = Spanned(
        from name in Name("a window's name")
        from @as in Keyword("AS")
        from window in Window
        select At(span => new NamedWindowSyntax(span, name, window)));

    /// <summary><c>WINDOW name AS (…), …</c>.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<NamedWindowSyntax>> Named { get; } =
        from word in Keyword("WINDOW")
        from windows in NamedWindow.AtLeastOnceDelimitedBy(Comma)
        select (IReadOnlyList<NamedWindowSyntax>)windows;

    // What could still have come is what is worth saying.
    private static TokenListParserResult<SqlToken, TextSpan> Close(Tokens input, Identifier? name, bool partitioned, bool ordered, FrameSyntax? frame)
    {
        var close = RightParenthesis(input);
        if (close.HasValue || frame is not null)
            return close;
        if (ordered && Is(input, "PARTITION"))
            return Refusal<TextSpan>(input, Behind(input), "PARTITION BY stands before ORDER BY");
        string[] possible = ordered ? ["ROWS", "RANGE", "')'"]
            : partitioned ? ["ORDER BY", "')'"]
            : name is not null ? ["PARTITION BY", "ORDER BY", "')'"]
            : ["PARTITION BY", "ORDER BY"];
        return TokenListParserResult.Empty<SqlToken, TextSpan>(input, possible);
    }
}
