using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Queries: set operations over SELECT and VALUES, with names in front and an order behind.</summary>
internal static class QueryGrammar
{
    private const int SetOperations = 200;

    private static readonly string[] Continuations = ["UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT", "OFFSET", "FETCH"];

    private static readonly TokenListParser<SqlToken, QuerySyntax> Any = Parse.Ref(() => Query!);

    /// <summary>A query in parentheses, which belong to its span.</summary>
    public static TokenListParser<SqlToken, QuerySyntax> Parenthesized { get; } = Spanned(
        from open in LeftParenthesis
        from query in Any
        from close in RightParenthesis
        select At(span => query with { Span = span }));

    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Row =
        from item in ExpressionGrammar.Expression
        select item switch
        {
            RowSyntax row => row.Items,
            CallSyntax call when call.Name.Text.Equals("ROW", StringComparison.OrdinalIgnoreCase) => call.Arguments,
            _ => [item],
        };

    private static readonly TokenListParser<SqlToken, QuerySyntax> Values = Spanned(
        from word in Keyword("VALUES")
        from rows in Row.AtLeastOnceDelimitedBy(Comma)
        select At<QuerySyntax>(span => new ValuesSyntax(span, rows)));

    private static readonly TokenListParser<SqlToken, QuerySyntax> Term = NestingLimit.OnStack(
        Parse.Ref(() => SelectGrammar.Select)
            .Or(Parenthesized)
            .Or(Values)
            .Or(Refuse<QuerySyntax, TextSpan>(Keyword("TABLE"), "TABLE as a query is not supported; write SELECT * FROM the table"))
            .Named("SELECT"));

    private static readonly TokenListParser<SqlToken, bool> IsAll =
        Keyword("ALL").Value(true).Or(Keyword("DISTINCT").Value(false)).OptionalOrDefault(false);

    private static readonly TokenListParser<SqlToken, (SetOperator Operator, bool IsAll)> Intersection =
        from word in Keyword("INTERSECT")
        from all in IsAll
        select (SetOperator.Intersect, all);

    private static readonly TokenListParser<SqlToken, (SetOperator Operator, bool IsAll)> Addition =
        from @operator in Keyword("UNION").Value(SetOperator.Union).Or(Keyword("EXCEPT").Or(Keyword("MINUS")).Value(SetOperator.Except))
        from all in IsAll
        select (@operator, all);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Number = Spanned(
        from number in Integer
        select At<ExpressionSyntax>(span => new LiteralSyntax(span, LiteralKind.Number, number.ToString(System.Globalization.CultureInfo.InvariantCulture))));

    private static readonly TokenListParser<SqlToken, bool> RowWord = Has(Keyword("ROW").Or(Keyword("ROWS")));

    // LIMIT ALL is no limit.
    private static readonly TokenListParser<SqlToken, ExpressionSyntax?> Limit =
        from word in Keyword("LIMIT")
        from number in Keyword("ALL").Value((ExpressionSyntax?)null).Or(Number.Select(number => (ExpressionSyntax?)number)).Named("a whole number")
        from comma in Refuse<bool, TextSpan>(Comma, "LIMIT takes one number; write LIMIT n OFFSET m").OptionalOrDefault(false)
        select number;

    private static readonly TokenListParser<SqlToken, ExpressionSyntax?> Offset =
        from word in Keyword("OFFSET")
        from number in Number
        from rows in RowWord
        select (ExpressionSyntax?)number;

    private static readonly TokenListParser<SqlToken, ExpressionSyntax?> Fetch =
        from word in Keyword("FETCH")
        from first in Keyword("FIRST").Or(Keyword("NEXT"))
        from number in Maybe(Number)
        from rows in Keyword("ROW").Or(Keyword("ROWS"))
        from only in Keyword("ONLY")
        select number ?? new LiteralSyntax(first, LiteralKind.Number, "1");

    private static readonly TokenListParser<SqlToken, QuerySyntax> WithoutNames = Ordered(Term);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<Identifier>?> Columns = input =>
        Begins(Behind(input)) ? TokenListParserResult.Value<SqlToken, IReadOnlyList<Identifier>?>(null, input, input) : Maybe(ColumnNames)(input);

    private static readonly TokenListParser<SqlToken, WithItemSyntax> WithItem = Spanned(
        from name in Name("a query's name")
        from columns in Columns
        from @as in Keyword("AS")
        from query in Parenthesized
        select At(span => new WithItemSyntax(span, name, columns, query)));

    private static readonly TokenListParser<SqlToken, QuerySyntax> With = Spanned(
        from word in Keyword("WITH")
        from recursive in RefuseAny(("WITH RECURSIVE is not supported: a query reads only what stands before it", ["RECURSIVE"]))
        from items in WithItem.AtLeastOnceDelimitedBy(Comma)
        from body in WithoutNames
        select At<QuerySyntax>(span => new WithSyntax(span, items, body)));

    /// <summary>A query.</summary>
    public static TokenListParser<SqlToken, QuerySyntax> Query { get; } = NestingLimit.OnStack<QuerySyntax>(input => Is(input, "WITH") ? With(input) : WithoutNames(input));

    /// <summary>Whether a query begins here, other than with a parenthesis.</summary>
    public static bool Begins(Tokens input) => Is(input, "SELECT") || Is(input, "WITH") || Is(input, "VALUES");

    /// <summary>Whether the next word goes on with a query that has been read.</summary>
    public static bool GoesOn(Tokens input) => Array.Exists(Continuations, word => Is(input, word));

    /// <summary>The rest of a query whose first part has been read.</summary>
    public static TokenListParser<SqlToken, QuerySyntax> RestOf(QuerySyntax first) =>
        Ordered(Parse.Return<SqlToken, QuerySyntax>(first)).Select(query => query with { Span = first.Span.To(query.Span) });

    private static TokenListParser<SqlToken, QuerySyntax> Ordered(TokenListParser<SqlToken, QuerySyntax> first) => Spanned(
        from query in LeftToRight(LeftToRight(first, Intersection), Addition, LeftToRight(Term, Intersection))
        from order in WindowGrammar.OrderBy
        from limit in Limit.OptionalOrDefault(null)
        from offset in Offset.OptionalOrDefault(null)
        from fetch in limit is null ? Fetch.Or(Limit).OptionalOrDefault(null) : Parse.Return<SqlToken, ExpressionSyntax?>(null)
        select At(span => order.Count == 0 && limit is null && offset is null && fetch is null
            ? query
            : new OrderedSyntax(query.Span.To(span), query, order, limit ?? fetch, offset)));

    private static TokenListParser<SqlToken, QuerySyntax> LeftToRight(
        TokenListParser<SqlToken, QuerySyntax> first,
        TokenListParser<SqlToken, (SetOperator Operator, bool IsAll)> @operator,
        TokenListParser<SqlToken, QuerySyntax>? operand = null) =>
        from left in first
        from rest in AtMost(
            SetOperations,
            from op in @operator
            from right in operand ?? Term
            select (op.Operator, op.IsAll, Right: right),
            $"these are more than {SetOperations} set operations in a row; put some into a view of their own")
        select rest.Aggregate(left, (query, next) => new SetOperationSyntax(query.Span.To(next.Right.Span), next.Operator, next.IsAll, query, next.Right));
}
