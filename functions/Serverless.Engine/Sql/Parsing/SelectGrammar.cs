using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary><c>SELECT</c> and its clauses.</summary>
internal static class SelectGrammar
{
    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Expression = ExpressionGrammar.Expression;

    private static readonly TokenListParser<SqlToken, Identifier?> Alias =
        Keyword("AS").IgnoreThen(Name("an alias")).Select(name => (Identifier?)name).Or(Maybe(Name("an alias")));

    private static readonly TokenListParser<SqlToken, SelectItemSyntax> Star =
        Sign(SqlToken.Star, "*").Select(SelectItemSyntax (span) => new SelectStarSyntax(span, null));

    private static readonly TokenListParser<SqlToken, SelectItemSyntax> QualifiedStar = Spanned(
        from qualifier in Name("a name")
        from dot in Dot
        from star in Sign(SqlToken.Star, "*")
        select At<SelectItemSyntax>(span => new SelectStarSyntax(span, qualifier)));

    private static readonly TokenListParser<SqlToken, SelectItemSyntax> ExpressionItem = Spanned(
        from expression in Expression
        from alias in Alias
        select At<SelectItemSyntax>(span => new SelectExpressionSyntax(span, expression, alias)));

    private static readonly TokenListParser<SqlToken, SelectItemSyntax> Item = input =>
        Is(input, SqlToken.Star) ? Star(input)
        : Is(Behind(input), SqlToken.Dot) && Is(Behind(Behind(input)), SqlToken.Star) ? QualifiedStar(input)
        : ExpressionItem(input);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> NoColumns =
        from open in LeftParenthesis
        from close in RightParenthesis
        select (IReadOnlyList<ExpressionSyntax>)[];

    // (a, b) is a set of two, a and (a) are sets of one.
    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> GroupingSet =
        from nested in RefuseAny(("{0} inside another grouping is not supported; write its sets out in GROUPING SETS", ["GROUPING SETS", "ROLLUP", "CUBE"]))
        from set in (TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>>)(input =>
            IsEmptyList(input) ? NoColumns(input) : Expression.Select(x => x is RowSyntax row ? row.Items : [x])(input))
        select set;

    private static readonly TokenListParser<SqlToken, IReadOnlyList<GroupItemSyntax>> GroupingSets = Spanned(
        from kind in Keyword("GROUPING", "SETS").Value(GroupingKind.Sets)
            .Or(Keyword("ROLLUP").Value(GroupingKind.Rollup))
            .Or(Keyword("CUBE").Value(GroupingKind.Cube))
        from sets in List(GroupingSet, _ => "the set")
        select At<IReadOnlyList<GroupItemSyntax>>(span => [new GroupingSetsSyntax(span, kind, sets)]));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<GroupItemSyntax>> EmptySet = Spanned(
        from set in NoColumns
        select At<IReadOnlyList<GroupItemSyntax>>(span => [new GroupingSetsSyntax(span, GroupingKind.Sets, [set])]));

    // GROUP BY (a, b) says the same as GROUP BY a, b.
    private static readonly TokenListParser<SqlToken, IReadOnlyList<GroupItemSyntax>> GroupExpressions =
        from item in Expression
        select (IReadOnlyList<GroupItemSyntax>)(item is RowSyntax row
            ? [.. row.Items.Select(x => new GroupExpressionSyntax(x.Span, x))]
            : [new GroupExpressionSyntax(item.Span, item)]);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<GroupItemSyntax>> GroupItem = input =>
        Is(input, "GROUPING") && Is(Behind(input), "SETS") || Is(input, "ROLLUP") || Is(input, "CUBE") ? GroupingSets(input)
        : IsEmptyList(input) ? EmptySet(input)
        : GroupExpressions(input);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<GroupItemSyntax>> GroupBy =
        from words in Keyword("GROUP", "BY")
        from quantifier in RefuseAny(("GROUP BY {0} is not supported; leave {0} out", ["DISTINCT", "ALL"]))
        from items in GroupItem.AtLeastOnceDelimitedBy(Comma)
        from rollup in RefuseAny(("{0} behind GROUP BY is not supported; write GROUP BY ROLLUP (a, b), or CUBE (a, b)", ["WITH ROLLUP", "WITH CUBE"]))
        select (IReadOnlyList<GroupItemSyntax>)[.. items.SelectMany(item => item)];

    private static readonly TokenListParser<SqlToken, Clauses> AfterFrom =
        from source in Keyword("FROM").IgnoreThen(FromGrammar.From)
        from condition in Maybe(Keyword("WHERE").IgnoreThen(Expression))
        from groups in GroupBy.OptionalOrDefault([])
        from having in Maybe(Keyword("HAVING").IgnoreThen(Expression))
        from windows in WindowGrammar.Named.OptionalOrDefault([])
        from qualify in Maybe(Keyword("QUALIFY").IgnoreThen(Expression))
        select new Clauses(source, condition, groups, having, windows, qualify);

    // Without FROM a query ends here, or goes on behind the SELECT.
    private static readonly TokenListParser<SqlToken, Clauses> WithoutFrom = input =>
        input.IsAtEnd || Is(input, SqlToken.RightParenthesis) || QueryGrammar.GoesOn(input)
            ? TokenListParserResult.Value(new Clauses(null, null, [], null, [], null), input, input)
            : TokenListParserResult.Empty<SqlToken, Clauses>(input, ["',' or FROM"]);

    /// <summary><c>SELECT …</c> up to what may stand behind it.</summary>
    public static TokenListParser<SqlToken, QuerySyntax> Select { get; } = Spanned(
        from first in Keyword("SELECT")
        from hints in HintGrammar.Hints
        from distinct in Keyword("DISTINCT").Value(true).Or(Keyword("ALL").Value(false)).OptionalOrDefault(false)
        from items in Item.AtLeastOnceDelimitedBy(Comma)
        from rest in AfterFrom.Or(WithoutFrom).Named("',' or FROM")
        select At<QuerySyntax>(span => new SelectSyntax(
            span, distinct, items, rest.From, rest.Where, rest.GroupBy, rest.Having, rest.Windows, rest.Qualify) { Hints = hints }));

    private static bool IsEmptyList(Tokens input) => Is(input, SqlToken.LeftParenthesis) && Is(Behind(input), SqlToken.RightParenthesis);

    // What stands behind the select list.
    private sealed record Clauses(
        FromSyntax? From,
        ExpressionSyntax? Where,
        IReadOnlyList<GroupItemSyntax> GroupBy,
        ExpressionSyntax? Having,
        IReadOnlyList<NamedWindowSyntax> Windows,
        ExpressionSyntax? Qualify);
}
