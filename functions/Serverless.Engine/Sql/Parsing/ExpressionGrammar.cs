using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Scalar expressions: a rule for each level of precedence, from the tightest to the loosest.</summary>
internal static class ExpressionGrammar
{
    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Primary = Parse.Ref(() => PrimaryGrammar.Primary);

    private static readonly TokenListParser<SqlToken, QuerySyntax> Query = Parse.Ref(() => QueryGrammar.Parenthesized);

    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Values = List<ExpressionSyntax>(PrimaryGrammar.Inside, _ => "the value");

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Unary =
        Prefixed(Sign(SqlToken.Minus, "-").Select(span => (Operator: "-", Span: span)).Or(Sign(SqlToken.Plus, "+").Select(span => (Operator: "+", Span: span))), Primary);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Product = LeftToRight(
        Unary, Operator(SqlToken.Star, "*").Or(Operator(SqlToken.Slash, "/")).Or(Operator(SqlToken.Percent, "%")));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Sum = LeftToRight(
        Product, Operator(SqlToken.Plus, "+").Or(Operator(SqlToken.Minus, "-")));

    /// <summary>What can stand on either side of a comparison.</summary>
    public static TokenListParser<SqlToken, ExpressionSyntax> Operand { get; } = LeftToRight(Sum, Operator(SqlToken.Concatenation, "||"));

    private static readonly TokenListParser<SqlToken, (string Operator, TextSpan Span)> Comparator =
        Operator(SqlToken.Equal, "=").Or(Operator(SqlToken.NotEqual, "<>"))
            .Or(Operator(SqlToken.LessOrEqual, "<=")).Or(Operator(SqlToken.Less, "<"))
            .Or(Operator(SqlToken.GreaterOrEqual, ">=")).Or(Operator(SqlToken.Greater, ">"));

    private static readonly TokenListParser<SqlToken, Suffix> Compared =
        from comparator in Comparator
        from quantifier in RefuseAny(("{0} (SELECT …) is not supported; write IN (SELECT …), or compare with MIN or MAX of the subquery", ["ANY", "SOME", "ALL"]))
        from right in Operand
        select new Suffix((span, left) => new BinarySyntax(span, comparator.Operator, comparator.Span, left, right));

    private static readonly TokenListParser<SqlToken, Word> Json =
        from word in Keyword("JSON")
        from kind in Test("VALUE").Or(Test("OBJECT")).Or(Test("ARRAY")).Or(Test("SCALAR")).OptionalOrDefault(new Word(word, "VALUE"))
        select new Word(word.To(kind.Span), "JSON " + kind.Text);

    private static readonly TokenListParser<SqlToken, Suffix> Tested =
        from @is in Keyword("IS")
        from not in Maybe(Keyword("NOT").Select(span => new Word(span, "NOT ")))
        from test in Json.Or(Keyword("DISTINCT", "FROM").Select(span => new Word(span, "DISTINCT FROM"))).Or(Test("NULL")).Or(Test("TRUE")).Or(Test("FALSE")).Or(Test("UNKNOWN"))
            .Named("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
        from right in test.Text == "DISTINCT FROM" ? Operand.Select(x => (ExpressionSyntax?)x) : Parse.Return<SqlToken, ExpressionSyntax?>(null)
        select new Suffix((span, left) => test.Text.StartsWith("JSON", StringComparison.Ordinal)
            ? Negated(not is not null, Called(span, test.Span, "IS_JSON", [left, new LiteralSyntax(test.Span, LiteralKind.Symbol, test.Text)]))
            : right is null
            ? new IsSyntax(span, left, test.Text, not is not null)
            : new BinarySyntax(span, $"IS {not?.Text}{test.Text}", @is.To(test.Span), left, right));

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> In =
        from word in Keyword("IN")
        from list in (TokenListParser<SqlToken, (QuerySyntax? Query, IReadOnlyList<ExpressionSyntax> Values)>)QueryOrValues
        select (Func<bool, Suffix>)(negated => (span, left) => list.Query is { } query
            ? new InQuerySyntax(span, left is RowSyntax row ? row.Items : [left], query, negated)
            : new InSyntax(span, left, list.Values, negated));

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Between =
        from word in Keyword("BETWEEN")
        from symmetric in Keyword("SYMMETRIC").Value(true).Or(Keyword("ASYMMETRIC").Value(false)).OptionalOrDefault(false)
        from low in Operand
        from and in Keyword("AND")
        from high in Operand
        select (Func<bool, Suffix>)(negated => (span, left) => new BetweenSyntax(span, left, low, high, negated) { IsSymmetric = symmetric });

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Like =
        from word in Keyword("LIKE")
        from pattern in Operand
        from escape in Maybe(Keyword("ESCAPE").IgnoreThen(Operand))
        select (Func<bool, Suffix>)(negated => (span, left) => new LikeSyntax(span, left, pattern, escape, negated));

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Similar =
        from words in Keyword("SIMILAR", "TO")
        from pattern in Operand
        from escape in Maybe(Keyword("ESCAPE").IgnoreThen(Operand))
        select (Func<bool, Suffix>)(negated => (span, left) => Negated(negated, Called(span, words, "SIMILAR", escape is null ? [left, pattern] : [left, pattern, escape])));

    private static readonly TokenListParser<SqlToken, Suffix> Overlaps =
        from word in Keyword("OVERLAPS")
        from right in Operand
        select new Suffix((span, left) => Called(span, word, "OVERLAPS", [.. Parts(left), .. Parts(right)]));

    private static IEnumerable<ExpressionSyntax> Parts(ExpressionSyntax span) => span is RowSyntax row ? row.Items : [span];

    private static CallSyntax Called(TextSpan span, TextSpan word, string name, IReadOnlyList<ExpressionSyntax> arguments) => new(span, new Identifier(word, name), arguments);

    private static ExpressionSyntax Negated(bool negated, ExpressionSyntax operand) => negated ? new UnarySyntax(operand.Span, "NOT", operand) : operand;

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Negatable = In.Or(Between).Or(Like).Or(Similar);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Predicate = Suffixed(
        Operand,
        Compared.Or(Tested).Or(Overlaps)
            .Or(Keyword("NOT").IgnoreThen(Negatable).Select(make => make(true)))
            .Or(Negatable.Select(make => make(false))));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Negation =
        Prefixed(Keyword("NOT").Select(span => (Operator: "NOT", Span: span)), Predicate);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Conjunction = LeftToRight(
        Negation, Keyword("AND").Select(span => (Operator: "AND", Span: span)));

    /// <summary>Any expression.</summary>
    public static TokenListParser<SqlToken, ExpressionSyntax> Expression { get; } = NestingLimit.OnStack(LeftToRight(
        Conjunction, Keyword("OR").Select(span => (Operator: "OR", Span: span))));

    private delegate ExpressionSyntax Suffix(TextSpan span, ExpressionSyntax left);

    // IN ((SELECT …)) asks for the rows of the query too, not for its value.
    private static TokenListParserResult<SqlToken, (QuerySyntax? Query, IReadOnlyList<ExpressionSyntax> Values)> QueryOrValues(Tokens input) =>
        Is(input, SqlToken.LeftParenthesis) && QueryGrammar.Begins(Behind(input))
            ? Query.Select(query => ((QuerySyntax?)query, (IReadOnlyList<ExpressionSyntax>)[]))(input)
            : Values.Select(values => (values is [ScalarQuerySyntax only] ? only.Query : null, values))(input);

    private static TokenListParser<SqlToken, (string Operator, TextSpan Span)> Operator(SqlToken kind, string text) =>
        Sign(kind, text).Select(span => (text, span));

    private static TokenListParser<SqlToken, Word> Test(string word) => Keyword(word).Select(span => new Word(span, word));

    private static TokenListParser<SqlToken, ExpressionSyntax> LeftToRight(
        TokenListParser<SqlToken, ExpressionSyntax> operand, TokenListParser<SqlToken, (string Operator, TextSpan Span)> @operator) =>
        Parse.Chain(
            @operator,
            operand,
            ExpressionSyntax (op, left, right) => new BinarySyntax(left.Span.To(right.Span), op.Operator, op.Span, left, right));

    private static TokenListParser<SqlToken, ExpressionSyntax> Prefixed(
        TokenListParser<SqlToken, (string Operator, TextSpan Span)> prefix, TokenListParser<SqlToken, ExpressionSyntax> operand) =>
        from prefixes in prefix.Many()
        from inner in operand
        select prefixes.Reverse().Aggregate(inner, (x, op) => new UnarySyntax(op.Span.To(x.Span), op.Operator, x));

    private static TokenListParser<SqlToken, ExpressionSyntax> Suffixed(
        TokenListParser<SqlToken, ExpressionSyntax> operand, TokenListParser<SqlToken, Suffix> suffix) => input =>
    {
        var result = operand(input);
        while (result.HasValue)
        {
            var (left, next) = (result.Value, suffix(result.Remainder));
            if (next.HasValue)
            {
                var span = left.Span.To(SpanBetween(result.Remainder, next.Remainder));
                result = TokenListParserResult.Value(next.Value(span, left), input, next.Remainder);
            }
            else
            {
                return next.Remainder == result.Remainder ? result : TokenListParserResult.CastEmpty<SqlToken, Suffix, ExpressionSyntax>(next);
            }
        }
        return result;
    };

    // A word that was read and where.
    private sealed record Word(TextSpan Span, string Text);
}
