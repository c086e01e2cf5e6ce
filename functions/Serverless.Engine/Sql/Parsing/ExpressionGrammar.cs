using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Scalar expressions, a rule for each level of precedence, from the tightest to the loosest.</summary>
internal static class ExpressionGrammar
{
    private static readonly string[] WithoutParentheses =
        ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"];

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Any = Parse.Ref(() => Expression!);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Call = Parse.Ref(() => CallGrammar.Call);

    private static readonly TokenListParser<SqlToken, QuerySyntax> Query = Parse.Ref(() => QueryGrammar.Query);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Cast = Spanned(
        from word in Keyword("CAST").Value(false).Or(Keyword("TRY_CAST").Value(true))
        from open in LeftParenthesis
        from operand in Any
        from @as in Keyword("AS")
        from type in TypeGrammar.Type
        from close in RightParenthesis
        select At<ExpressionSyntax>(span => new CastSyntax(span, operand, type, word)));

    private static readonly TokenListParser<SqlToken, WhenSyntax> When = Spanned(
        from when in Keyword("WHEN")
        from condition in Any
        from then in Keyword("THEN")
        from result in Any
        select At(span => new WhenSyntax(span, condition, result)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Case = Spanned(
        from word in Keyword("CASE")
        from operand in (TokenListParser<SqlToken, ExpressionSyntax?>)(input =>
            Is(input, "WHEN") ? TokenListParserResult.Value<SqlToken, ExpressionSyntax?>(null, input, input) : Any.Select(x => (ExpressionSyntax?)x)(input))
        from whens in When.AtLeastOnce()
        from @else in Maybe(Keyword("ELSE").IgnoreThen(Any))
        from end in Keyword("END").Named("WHEN, ELSE or END")
        select At<ExpressionSyntax>(span => new CaseSyntax(span, operand, whens, @else)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Interval = Spanned(
        from word in Keyword("INTERVAL")
        from sign in Sign(SqlToken.Minus, "-").Value("-").Or(Sign(SqlToken.Plus, "+").Value("")).OptionalOrDefault("")
        from value in Text("a number in quotes, as in INTERVAL '1' DAY")
        from unit in CallGrammar.IntervalUnit
        from precision in List(Integer, number => $"the number {number}").OptionalOrDefault([])
        from to in Refuse<bool, TextSpan>(Keyword("TO"), "intervals of several units are not supported; write one unit: INTERVAL '90' MINUTE").OptionalOrDefault(false)
        select At<ExpressionSyntax>(span => new IntervalSyntax(span, sign + value.Text, unit)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> NameOrField = NotBefore(
        SqlToken.LeftParenthesis,
        Spanned(
            from first in Name("an expression")
            from rest in Dot.IgnoreThen(Name("a column name")).Many()
            select At<ExpressionSyntax>(span => new NameSyntax(span, [first, .. rest]))),
        "user-defined functions are not supported; the others have a name of one part");

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Parenthesized = Spanned(
        from open in LeftParenthesis
        from inner in (TokenListParser<SqlToken, ExpressionSyntax>)Inside
        from others in Comma.IgnoreThen(Any).Many()
        from close in RightParenthesis.Named(others.Length > 0 ? "',' or ')'" : "an operator or ')'")
        select At(span => others.Length > 0 ? new RowSyntax(span, [inner, .. others]) : inner is NameSyntax ? inner : inner with { Span = span }));

    private static readonly TokenListParser<SqlToken, QuerySyntax> QueryInParentheses =
        from open in LeftParenthesis
        from query in Query
        from close in RightParenthesis
        select query;

    private static readonly TokenListParser<SqlToken, IReadOnlyList<ExpressionSyntax>> Values = List<ExpressionSyntax>(Inside, _ => "the value");

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> ScalarQuery = Spanned(
        from query in QueryInParentheses
        select At<ExpressionSyntax>(span => new ScalarQuerySyntax(span, query)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Exists = Spanned(
        from word in Keyword("EXISTS")
        from query in QueryInParentheses
        select At<ExpressionSyntax>(span => new ExistsSyntax(span, query)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Primary =
        from primary in (TokenListParser<SqlToken, ExpressionSyntax>)PrimaryByNextToken
        from index in Refuse<bool, TextSpan>(Sign(SqlToken.LeftBracket, "["), "elements of arrays and maps are not supported").OptionalOrDefault(false)
        from field in Refuse<bool, TextSpan>(Dot, "only a column has fields: write column.field").OptionalOrDefault(false)
        select primary;

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

    private static readonly TokenListParser<SqlToken, Suffix> Tested =
        from @is in Keyword("IS")
        from not in Maybe(Keyword("NOT").Select(span => new Word(span, "NOT ")))
        from test in Keyword("DISTINCT", "FROM").Select(span => new Word(span, "DISTINCT FROM")).Or(Test("NULL")).Or(Test("TRUE")).Or(Test("FALSE")).Or(Test("UNKNOWN"))
            .Named("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
        from right in test.Text == "DISTINCT FROM" ? Operand.Select(x => (ExpressionSyntax?)x) : Parse.Return<SqlToken, ExpressionSyntax?>(null)
        select new Suffix((span, left) => right is null
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
        from symmetric in RefuseAny(("BETWEEN SYMMETRIC is not supported; write the smaller bound first", ["SYMMETRIC"]))
        from low in Operand
        from and in Keyword("AND")
        from high in Operand
        select (Func<bool, Suffix>)(negated => (span, left) => new BetweenSyntax(span, left, low, high, negated));

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Like =
        from word in Keyword("LIKE")
        from pattern in Operand
        from escape in Maybe(Keyword("ESCAPE").IgnoreThen(Operand))
        select (Func<bool, Suffix>)(negated => (span, left) => new LikeSyntax(span, left, pattern, escape, negated));

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Similar =
        Refuse<Func<bool, Suffix>, TextSpan>(Keyword("SIMILAR", "TO"), "SIMILAR TO is not supported; use LIKE or REGEXP");

    private static readonly TokenListParser<SqlToken, Func<bool, Suffix>> Negatable = In.Or(Between).Or(Like).Or(Similar);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Predicate = Suffixed(
        Operand,
        Compared.Or(Tested)
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

    private static TokenListParserResult<SqlToken, ExpressionSyntax> PrimaryByNextToken(Tokens input)
    {
        var next = input.ConsumeToken();
        if (!next.HasValue)
            return TokenListParserResult.Empty<SqlToken, ExpressionSyntax>(input, ["an expression"]);
        var token = next.Value;
        switch (token.Kind)
        {
            case SqlToken.Number:
                return Literal(LiteralKind.Number, token.ToStringValue());
            case SqlToken.String:
                return Literal(LiteralKind.String, Unquoted(token));
            case SqlToken.LeftParenthesis:
                return QueryGrammar.Begins(next.Remainder) ? ScalarQuery(input) : Parenthesized(input);
            case SqlToken.QuotedName:
                return Is(next.Remainder, SqlToken.LeftParenthesis) ? Call(input) : NameOrField(input);
            case SqlToken.Word:
                return Worded(input, token, next.Remainder);
            default:
                return TokenListParserResult.Empty<SqlToken, ExpressionSyntax>(input, ["an expression"]);
        }

        TokenListParserResult<SqlToken, ExpressionSyntax> Literal(LiteralKind kind, string text) =>
            TokenListParserResult.Value<SqlToken, ExpressionSyntax>(new LiteralSyntax(SpanOf(token), kind, text), input, next.Remainder);
    }

    // An expression that begins with a word.
    private static TokenListParserResult<SqlToken, ExpressionSyntax> Worded(Tokens input, Token<SqlToken> token, Tokens rest)
    {
        var word = token.ToStringValue().ToUpperInvariant();
        switch (word)
        {
            case "NULL":
                return Literal(LiteralKind.Null, "", rest);
            case "TRUE" or "FALSE":
                return Literal(LiteralKind.Boolean, word, rest);
            case "UNKNOWN":
                return Literal(LiteralKind.Null, "", rest);
            case "CASE":
                return Case(input);
            case "INTERVAL":
                return Interval(input);
            case "CAST" or "TRY_CAST":
                return Cast(input);
            case "EXISTS":
                return Exists(input);
            case "UNIQUE" when Is(rest, SqlToken.LeftParenthesis):
                return Refusal<ExpressionSyntax>(input, rest, "UNIQUE is not supported; write NOT EXISTS (SELECT … GROUP BY … HAVING COUNT(*) > 1)");
            case "ARRAY" or "MAP" when Is(rest, SqlToken.LeftBracket):
                return Refusal<ExpressionSyntax>(input, rest, $"{word}[…] is not supported");
            case "DATE" or "TIME" or "TIMESTAMP" when Is(rest, SqlToken.String):
                var kind = word switch { "DATE" => LiteralKind.Date, "TIME" => LiteralKind.Time, _ => LiteralKind.Timestamp };
                return Literal(kind, Unquoted(rest.ConsumeToken().Value), Behind(rest));
        }
        if (Is(rest, SqlToken.LeftParenthesis) && !ReservedWords.IsStructural(word))
            return Call(input);
        if (WithoutParentheses.Contains(word))
        {
            var name = new Identifier(SpanOf(token), token.ToStringValue());
            return TokenListParserResult.Value<SqlToken, ExpressionSyntax>(new CallSyntax(name.Span, name, []), input, rest);
        }
        return NameOrField(input);

        TokenListParserResult<SqlToken, ExpressionSyntax> Literal(LiteralKind literal, string text, Tokens behind) =>
            TokenListParserResult.Value<SqlToken, ExpressionSyntax>(new LiteralSyntax(SpanBetween(input, behind), literal, text), input, behind);
    }

    // A query in two pairs of parentheses may be the first of several.
    private static TokenListParserResult<SqlToken, ExpressionSyntax> Inside(Tokens input)
    {
        var inner = Any(input);
        return inner.HasValue && inner.Value is ScalarQuerySyntax first && QueryGrammar.GoesOn(inner.Remainder)
            ? QueryGrammar.RestOf(first.Query).Select(ExpressionSyntax (query) => new ScalarQuerySyntax(query.Span, query))(inner.Remainder)
            : inner;
    }

    // IN ((SELECT …)) asks for the rows of the query too, not for its value.
    private static TokenListParserResult<SqlToken, (QuerySyntax? Query, IReadOnlyList<ExpressionSyntax> Values)> QueryOrValues(Tokens input) =>
        Is(input, SqlToken.LeftParenthesis) && QueryGrammar.Begins(Behind(input))
            ? QueryInParentheses.Select(query => ((QuerySyntax?)query, (IReadOnlyList<ExpressionSyntax>)[]))(input)
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
