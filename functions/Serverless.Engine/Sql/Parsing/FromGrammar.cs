using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>What a query reads: tables, subqueries and joins.</summary>
internal static class FromGrammar
{
    private const string What = "a table, a view or a subquery";

    private const int Joins = 100;
    private const string TooMany = "these are more than 100 joins in a row; put some into a view of their own";

    private static readonly TokenListParser<SqlToken, FromSyntax> Any = Parse.Ref(() => From!);

    private static readonly TokenListParser<SqlToken, FromSyntax> AnySource = Parse.Ref(() => Source!).Named(What);

    private static readonly TokenListParser<SqlToken, QuerySyntax> Query = Parse.Ref(() => QueryGrammar.Query);

    private static readonly TokenListParser<SqlToken, bool> Unsupported = RefuseAny(
        ("MATCH_RECOGNIZE is not supported; a join of the table with itself finds pairs of records", ["MATCH_RECOGNIZE"]),
        ("TABLESAMPLE is not supported; choose the rows with WHERE", ["TABLESAMPLE"]),
        ("{0} is not supported; use CASE inside the aggregates", ["PIVOT", "UNPIVOT"]),
        ("{0} is not supported; write WHERE EXISTS (SELECT …)", ["SEMI JOIN", "LEFT SEMI JOIN"]),
        ("{0} is not supported; write WHERE NOT EXISTS (SELECT …)", ["ANTI JOIN", "LEFT ANTI JOIN"]),
        ("NATURAL is not supported: a new column of the same name would change the join; write USING (columns), or ON", ["NATURAL"]),
        ("OUTER JOIN has a side; write LEFT, RIGHT or FULL before it", ["OUTER JOIN"]),
        ("CROSS APPLY is not supported; write CROSS JOIN UNNEST(…), or JOIN … ON", ["CROSS APPLY"]),
        ("OUTER APPLY is not supported; write LEFT JOIN UNNEST(…) ON TRUE, or LEFT JOIN … ON", ["OUTER APPLY"]),
        ("{0} is not supported; write JOIN … FOR SYSTEM_TIME AS OF", ["ASOF JOIN", "LEFT ASOF JOIN"]));

    private static readonly TokenListParser<SqlToken, AliasSyntax> AliasName = Spanned(
        from name in Name("an alias")
        from columns in Maybe(ColumnNames)
        select At(span => new AliasSyntax(span, name, columns)));

    private static readonly TokenListParser<SqlToken, AliasSyntax?> Alias =
        from before in Unsupported
        from alias in Keyword("AS").IgnoreThen(AliasName).Select(alias => (AliasSyntax?)alias).Or(Maybe(AliasName))
        from after in Unsupported
        select alias;

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> SystemTime =
        from words in Keyword("FOR", "SYSTEM_TIME", "AS", "OF")
        from time in ExpressionGrammar.Operand
        select time;

    private static readonly TokenListParser<SqlToken, FromSyntax> Table = Spanned(
        from name in TableName(What)
        from hints in HintGrammar.Hints
        from before in Maybe(SystemTime)
        from alias in Alias
        from after in before is null ? Maybe(SystemTime) : Parse.Return<SqlToken, ExpressionSyntax?>(null)
        select At<FromSyntax>(span => new FromTableSyntax(span, name, before ?? after, alias) { Hints = hints }));

    // TABLE x says no more than x.
    private static readonly TokenListParser<SqlToken, FromSyntax> ExplicitTable = Spanned(
        from word in Keyword("TABLE")
        from table in Table
        select At(span => table with { Span = span }));

    private static readonly TokenListParser<SqlToken, FromSyntax> Unnest = Spanned(
        from word in Keyword("UNNEST")
        from open in LeftParenthesis
        from expression in ExpressionGrammar.Expression
        from comma in Refuse<bool, TextSpan>(Comma, "UNNEST takes one array; write CROSS JOIN UNNEST for the other").OptionalOrDefault(false)
        from close in RightParenthesis
        from ordinality in Has(Keyword("WITH", "ORDINALITY"))
        from alias in Alias
        select At<FromSyntax>(span => new FromUnnestSyntax(span, expression, ordinality, alias)));

    private static readonly TokenListParser<SqlToken, FromSyntax> FunctionInTable = Spanned(
        from word in Keyword("TABLE")
        from open in LeftParenthesis
        from function in TableFunctionGrammar.Function
        from close in RightParenthesis
        from alias in Alias
        select At<FromSyntax>(span => function with { Span = span, Alias = alias }));

    private static readonly TokenListParser<SqlToken, FromSyntax> Function = Spanned(
        from function in TableFunctionGrammar.Function
        from alias in Alias
        select At<FromSyntax>(span => function with { Span = span, Alias = alias }));

    private static readonly TokenListParser<SqlToken, FromSyntax> Lateral = Spanned(
        from word in Keyword("LATERAL")
        from source in (TokenListParser<SqlToken, FromSyntax>)LateralSource
        select At(span => source is FromQuerySyntax query ? query with { Span = span, IsLateral = true } : source with { Span = span }));

    private static readonly TokenListParser<SqlToken, FromSyntax> InParentheses = NestingLimit.OnStack(Spanned(
        from open in LeftParenthesis
        from inner in (TokenListParser<SqlToken, FromSyntax>)Inside
        from close in RightParenthesis
        select At(span => inner with { Span = span })));

    private static readonly TokenListParser<SqlToken, AliasSyntax?> NoAlias =
        from before in Unsupported
        from alias in Refuse<AliasSyntax?, AliasSyntax>(Keyword("AS").IgnoreThen(AliasName).Or(AliasName), "tables in parentheses have no alias together; give each its own").OptionalOrDefault(null)
        select alias;

    // Only a query has a name behind its parentheses.
    private static readonly TokenListParser<SqlToken, FromSyntax> Parenthesized = Spanned(
        from inner in InParentheses
        from alias in IsBareQuery(inner) ? Alias : NoAlias
        select At(span => alias is null ? inner : ((FromQuerySyntax)inner) with { Span = span, Alias = alias }));

    private static readonly TokenListParser<SqlToken, FromSyntax> Source = input =>
        Is(input, SqlToken.LeftParenthesis) ? Parenthesized(input)
        : Is(input, "LATERAL") ? Lateral(input)
        : Is(input, "UNNEST") ? Unnest(input)
        : Is(input, "TABLE") ? Is(Behind(input), SqlToken.LeftParenthesis) ? FunctionInTable(input) : ExplicitTable(input)
        : Is(input, "VALUES") ? Refusal<FromSyntax>(input, Behind(input), "VALUES in FROM stands in parentheses: FROM (VALUES …) AS t (a, b)")
        : TableFunctionGrammar.Begins(input) ? Function(input)
        : Table(input);

    private static readonly TokenListParser<SqlToken, JoinKind> Kind =
        Keyword("JOIN").Or(Keyword("INNER", "JOIN")).Value(JoinKind.Inner)
            .Or(Outer("LEFT", JoinKind.Left))
            .Or(Outer("RIGHT", JoinKind.Right))
            .Or(Outer("FULL", JoinKind.Full))
            .Or(Keyword("CROSS", "JOIN").Value(JoinKind.Cross));

    private static readonly TokenListParser<SqlToken, Condition> On =
        (from word in Keyword("ON")
         from condition in ExpressionGrammar.Expression
         select new Condition(condition, null))
        .Or(from word in Keyword("USING")
            from columns in ColumnNames
            select new Condition(null, columns));

    private static readonly TokenListParser<SqlToken, Condition> NoCondition =
        RefuseAny(("CROSS JOIN takes no condition; write JOIN", ["ON", "USING"])).Value(new Condition(null, null));

    private static readonly TokenListParser<SqlToken, Func<FromSyntax, FromSyntax>> Join = Spanned(
        from kind in Kind
        from right in AnySource
        from condition in kind == JoinKind.Cross ? NoCondition : On
        select At<Func<FromSyntax, FromSyntax>>(span => left => new JoinSyntax(left.Span.To(span), kind, left, right, condition.On, condition.Using)));

    /// <summary>Everything behind FROM; commas join what joins have put together.</summary>
    public static TokenListParser<SqlToken, FromSyntax> From { get; } = NestingLimit.OnStack(Sources(AnySource));

    /// <summary>The name of a table or a view: <c>[[catalog.]database.]name</c>. The names of the catalog and the database that there are without any are left out.</summary>
    public static TokenListParser<SqlToken, Identifier> TableName(string what) => Spanned(
        from parts in Name(what).AtLeastOnceDelimitedBy(Dot)
        select At(span => new Identifier(span, string.Join('.', Parts(parts))) { Last = parts[^1].Text }));

    private static IEnumerable<string> Parts(Identifier[] parts)
    {
        var names = parts.Select(part => part.Text);
        if (parts.Length > 2)
            names = names.SkipWhile((name, i) => i == 0 && name == "default_catalog");
        return parts.Length > 1 ? names.SkipWhile((name, i) => i == 0 && name == "default_database") : names;
    }

    private static TokenListParser<SqlToken, FromSyntax> Sources(TokenListParser<SqlToken, FromSyntax> first) =>
        from left in Joined(first)
        from rest in AtMost(Joins, Comma.IgnoreThen(Joined(AnySource)), TooMany)
        select rest.Aggregate(left, (source, next) => new JoinSyntax(source.Span.To(next.Span), JoinKind.Cross, source, next, null, null));

    private static TokenListParser<SqlToken, FromSyntax> Joined(TokenListParser<SqlToken, FromSyntax> first) =>
        from left in first
        from joins in AtMost(Joins, Join, TooMany)
        from unsupported in Unsupported
        from time in RefuseAny(("FOR SYSTEM_TIME AS OF stands directly behind the name of a table or a view, before ON", ["FOR SYSTEM_TIME"]))
        select joins.Aggregate(left, (source, next) => next(source));

    private static TokenListParser<SqlToken, JoinKind> Outer(string side, JoinKind kind) =>
        from first in Keyword(side)
        from outer in Has(Keyword("OUTER"))
        from word in Keyword("JOIN")
        select kind;

    private static TokenListParserResult<SqlToken, FromSyntax> LateralSource(Tokens input) =>
        Is(input, SqlToken.LeftParenthesis) || Is(input, "UNNEST") || Is(input, "TABLE") || TableFunctionGrammar.Begins(input)
            ? Source(input)
            : TokenListParserResult.Empty<SqlToken, FromSyntax>(input, ["a table function", "UNNEST", "a subquery"]);

    // A parenthesis in a parenthesis may begin a query or a join: what stands behind it tells.
    private static TokenListParserResult<SqlToken, FromSyntax> Inside(Tokens input)
    {
        if (QueryGrammar.Begins(input))
            return Query.Select(FromSyntax (query) => new FromQuerySyntax(query.Span, query, false, null))(input);
        if (!Is(input, SqlToken.LeftParenthesis))
            return Any(input);
        var first = InParentheses(input);
        if (!first.HasValue || Is(first.Remainder, SqlToken.RightParenthesis))
            return first;
        if (first.Value is not FromQuerySyntax { Alias: null } query)
            return Sources(Parse.Return<SqlToken, FromSyntax>(first.Value))(first.Remainder);
        return QueryGrammar.GoesOn(first.Remainder)
            ? QueryGrammar.RestOf(query.Query).Select(FromSyntax (whole) => new FromQuerySyntax(whole.Span, whole, false, null))(first.Remainder)
            : Sources(Alias.Select(FromSyntax (alias) => alias is null ? query : query with { Span = query.Span.To(alias.Span), Alias = alias }))(first.Remainder);
    }

    private static bool IsBareQuery(FromSyntax source) => source is FromQuerySyntax { Alias: null };

    private sealed record Condition(ExpressionSyntax? On, IReadOnlyList<Identifier>? Using);
}
