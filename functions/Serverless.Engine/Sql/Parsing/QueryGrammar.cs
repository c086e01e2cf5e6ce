using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Queries, and by name everything of Flink's queries that no job can have.</summary>
internal static class QueryGrammar
{
    private const string NoJoin = "joins are not supported: a job reads one table, view or subquery";
    private const string NoUnion = "{0} is not supported; write an INSERT for each query, each with a constant of its own in the sink's primary key, as in SELECT 'a' AS source, …, and add the rows up where they are read";
    private const string NoOrder = "{0} is not supported: a sink table has no order and no limit; order the rows where they are read";
    private const string NoGroupingSets = "{0} is not supported; write an INSERT for each grouping, each into a table of its own";
    private const string NoTableFunction = "table functions and windows such as TUMBLE are not supported; group by the time itself, as in DATE_FORMAT(ts, 'yyyy-MM-dd HH:mm'), or TO_TIMESTAMP_LTZ(UNIX_TIMESTAMP(ts) / 10 * 10, 0) for every ten seconds";

    private static readonly TokenListParser<SqlToken, QuerySyntax> Any = Parse.Ref(() => Query!);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Expression = ExpressionGrammar.Expression;

    private static readonly TokenListParser<SqlToken, bool> AfterQuery = RefuseAny(
        (NoUnion, ["UNION"]),
        ("{0} is not supported: a job reads one table, view or subquery; filter it with WHERE", ["INTERSECT", "EXCEPT", "MINUS"]),
        (NoOrder, ["ORDER BY", "LIMIT", "OFFSET", "FETCH"]),
        ("WINDOW is not supported: a job keeps aggregates per group; use GROUP BY", ["WINDOW"]),
        ("QUALIFY is not supported; use WHERE or HAVING", ["QUALIFY"]));

    private static readonly TokenListParser<SqlToken, bool> AfterSource = RefuseAny(
        (NoJoin, ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "SEMI", "ANTI"]),
        ("FOR SYSTEM_TIME AS OF (a lookup join) is not supported: a job reads one table, view or subquery", ["FOR"]),
        ("MATCH_RECOGNIZE is not supported", ["MATCH_RECOGNIZE"]),
        ("TABLESAMPLE is not supported", ["TABLESAMPLE"]),
        ("{0} is not supported; use CASE inside the aggregates", ["PIVOT", "UNPIVOT"]))
        .Then(_ => Refuse<bool, TextSpan>(Comma, NoJoin).OptionalOrDefault(true));

    private static readonly TokenListParser<SqlToken, Identifier?> Alias = input =>
        Is(input, "AS") ? Keyword("AS").IgnoreThen(Name("an alias"))(input) is var named && named.HasValue
            ? TokenListParserResult.Value<SqlToken, Identifier?>(named.Value, input, named.Remainder)
            : TokenListParserResult.CastEmpty<SqlToken, Identifier, Identifier?>(named)
        : Maybe(Name("an alias"))(input);

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

    private static readonly TokenListParser<SqlToken, FromSyntax> Subquery = Spanned(
        from open in LeftParenthesis
        from query in Any
        from close in RightParenthesis
        from before in AfterSource
        from alias in Alias
        from after in AfterAlias()
        select At<FromSyntax>(span => new FromQuerySyntax(span, query, alias)));

    private static readonly TokenListParser<SqlToken, FromSyntax> Table = Spanned(
        from name in NotBefore(SqlToken.LeftParenthesis, TableName("a table, a view or a subquery"), NoTableFunction)
        from before in AfterSource
        from alias in Alias
        from after in AfterAlias()
        select At<FromSyntax>(span => new FromTableSyntax(span, name, alias)));

    private static readonly TokenListParser<SqlToken, FromSyntax> From =
        from unsupported in RefuseAny(
            (NoTableFunction, ["TABLE", "LATERAL"]),
            ("UNNEST is not supported", ["UNNEST"]),
            ("VALUES is not supported: a job reads a table, a view or a subquery", ["VALUES"]))
        from source in Subquery.Or(Table).Named("a table, a view or a subquery")
        from after in AfterSource
        select source;

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> GroupItem =
        from unsupported in RefuseAny((NoGroupingSets, ["GROUPING SETS", "CUBE", "ROLLUP"]))
        from empty in (TokenListParser<SqlToken, bool>)NoEmptyGroup
        from item in Expression
        select item;

    private static readonly TokenListParser<SqlToken, QuerySyntax> Select = Spanned(
        from first in Keyword("SELECT")
        from hint in NoHint()
        from distinct in Keyword("DISTINCT").Value(true).Or(Keyword("ALL").Value(false)).OptionalOrDefault(false)
        from items in Item.AtLeastOnceDelimitedBy(Comma)
        from word in Keyword("FROM").Named("',' or FROM")
        from source in From
        from condition in Maybe(Keyword("WHERE").IgnoreThen(Expression))
        from groups in Keyword("GROUP", "BY").IgnoreThen(GroupItem.AtLeastOnceDelimitedBy(Comma)).OptionalOrDefault([])
        from having in Maybe(Keyword("HAVING").IgnoreThen(Expression))
        from after in AfterQuery
        select At(span => new QuerySyntax(span, distinct, items, source, condition, groups, having)));

    private static readonly TokenListParser<SqlToken, QuerySyntax> Parenthesized =
        from open in LeftParenthesis
        from query in Any
        from close in RightParenthesis
        from after in AfterQuery
        select query;

    /// <summary>A query, perhaps in parentheses.</summary>
    public static TokenListParser<SqlToken, QuerySyntax> Query { get; } = NestingLimit.OnStack(
        from unsupported in RefuseAny(
            ("WITH is not supported; write CREATE VIEW, or a subquery in FROM", ["WITH"]),
            ("VALUES is not supported: a job reads a table", ["VALUES"]))
        from query in Select.Or(Parenthesized).Named("SELECT")
        select query);

    /// <summary>The name of a table or a view: one part, for there is but one catalog.</summary>
    public static TokenListParser<SqlToken, Identifier> TableName(string what) =>
        from name in Spanned(
            from parts in Name(what).AtLeastOnceDelimitedBy(Dot)
            select At(span => new NameSyntax(span, parts)))
            .Checked(name => name.Parts.Count > 1 ? $"catalogs and databases are not supported; write just '{name.Parts[^1].Text}'" : null)
        select name.Parts[0];

    private static TokenListParser<SqlToken, bool> AfterAlias() =>
        Refuse<bool, TextSpan>(LeftParenthesis, "column aliases of a table are not supported; name the columns in SELECT").OptionalOrDefault(true);

    private static TokenListParser<SqlToken, bool> NoHint() =>
        Refuse<bool, TextSpan>(Sign(SqlToken.Hint, "hint"), "hints are not supported; write options in WITH (…) or SET").OptionalOrDefault(true);

    private static TokenListParserResult<SqlToken, bool> NoEmptyGroup(Tokens input) =>
        Is(input, SqlToken.LeftParenthesis) && Is(Behind(input), SqlToken.RightParenthesis)
            ? Refusal<bool>(input, Behind(Behind(input)), "GROUP BY () is not written: without GROUP BY there is one group")
            : TokenListParserResult.Value(true, input, input);
}
