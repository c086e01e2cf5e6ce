using System.Globalization;
using System.Text;
using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>What operators are put between: literals, names, calls, casts, and whatever stands in parentheses.</summary>
internal static class PrimaryGrammar
{
    private static readonly string[] WithoutParentheses =
        ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"];

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Any = Parse.Ref(() => ExpressionGrammar.Expression);

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Call = Parse.Ref(() => CallGrammar.Call);

    private static readonly TokenListParser<SqlToken, QuerySyntax> Query = Parse.Ref(() => QueryGrammar.Parenthesized);

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
        from more in Comma.IgnoreThen(Any).Many()
        from then in Keyword("THEN")
        from result in Any
        select At(span => new WhenSyntax(span, condition, result) { More = more }));

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
        from value in Text("a number in quotes, as in INTERVAL '1' DAY").Checked(UnitInQuotes)
        from unit in CallGrammar.IntervalUnit
        from precision in List(Integer, number => $"the number {number}").OptionalOrDefault([])
        from last in Maybe(Keyword("TO").IgnoreThen(CallGrammar.IntervalUnit))
        from lastPrecision in List(Integer, number => $"the number {number}").OptionalOrDefault([])
        select At<ExpressionSyntax>(span => new IntervalSyntax(span, sign + value.Text, unit) { LastUnit = last }));

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

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> ScalarQuery = Spanned(
        from query in Query
        select At<ExpressionSyntax>(span => new ScalarQuerySyntax(span, query)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Exists = Spanned(
        from word in Keyword("EXISTS")
        from query in Query
        select At<ExpressionSyntax>(span => new ExistsSyntax(span, query)));

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> Elements = Spanned(
        from name in (TokenListParser<SqlToken, Identifier>)(input => TokenListParserResult.Value(NameOf(input.ConsumeToken().Value), input, Behind(input)))
        from open in Sign(SqlToken.LeftBracket, "[")
        from items in Sign(SqlToken.RightBracket, "]").Value((IReadOnlyList<ExpressionSyntax>)[]).Or(Items(Any, _ => "the element", SqlToken.RightBracket, "]"))
        select At<ExpressionSyntax>(span => new CallSyntax(span, name, items)));

    private static readonly TokenListParser<SqlToken, Func<TextSpan, ExpressionSyntax, ExpressionSyntax>> Part =
        (from open in Sign(SqlToken.LeftBracket, "[")
         from index in Any
         from close in Sign(SqlToken.RightBracket, "]")
         select (Func<TextSpan, ExpressionSyntax, ExpressionSyntax>)((span, operand) => new CallSyntax(span, new Identifier(span, "ITEM"), [operand, index])))
        .Or(from dot in Dot
            from field in Name("a field's name")
            select (Func<TextSpan, ExpressionSyntax, ExpressionSyntax>)((span, operand) => new FieldAccessSyntax(span, operand, field)));

    /// <summary>An operand without operators: what it begins with, and the elements and fields that are taken of it.</summary>
    public static TokenListParser<SqlToken, ExpressionSyntax> Primary { get; } =
        from primary in (TokenListParser<SqlToken, ExpressionSyntax>)PrimaryByNextToken
        from digits in primary is LiteralSyntax { Kind: LiteralKind.Number }
            ? Refuse<bool, TextSpan>(Dot, "a name that begins with a digit stands in backquotes").OptionalOrDefault(false)
            : Parse.Return<SqlToken, bool>(false)
        from parts in AtMost(50, Spanned(Part.Select(part => At(span => (Span: span, Make: part)))), "these are more than 50 elements and fields in a row")
        select parts.Aggregate(primary, (operand, part) => part.Make(operand.Span.To(part.Span), operand));

    /// <summary>What stands in parentheses: a query in two pairs may be the first of several.</summary>
    public static TokenListParserResult<SqlToken, ExpressionSyntax> Inside(Tokens input)
    {
        var inner = Any(input);
        return inner.HasValue && inner.Value is ScalarQuerySyntax first && QueryGrammar.GoesOn(inner.Remainder)
            ? QueryGrammar.RestOf(first.Query).Select(ExpressionSyntax (query) => new ScalarQuerySyntax(query.Span, query))(inner.Remainder)
            : inner;
    }

    private static string? UnitInQuotes(StringValue value) =>
        value.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var number, var unit] && CallGrammar.UnitOf(unit) is { } known
            ? $"the unit stands behind the quotes: INTERVAL '{number}' {known}"
            : null;

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
            case SqlToken.Bytes:
                return Literal(LiteralKind.Bytes, token.ToStringValue()[2..^1]);
            case SqlToken.UnicodeString:
                return UnicodeText(input);
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

    private static readonly TokenListParser<SqlToken, ExpressionSyntax> UnicodeText = Spanned(
        from text in (TokenListParser<SqlToken, StringValue>)(input =>
            TokenListParserResult.Value(new StringValue(SpanOf(input.ConsumeToken().Value), input.ConsumeToken().Value.ToStringValue()[3..^1].Replace("''", "'", StringComparison.Ordinal)), input, Behind(input)))
        from escape in Maybe(Keyword("UESCAPE").IgnoreThen(Text("a character in quotes").Checked(value => value.Text.Length == 1 ? null : "UESCAPE takes one character")))
        let unescaped = Unescaped(text.Text, escape?.Text[0] ?? '\\')
        from right in unescaped is null ? Fault<bool>("behind the escape character stand four hexadecimal digits, + and six, or the character itself") : Parse.Return<SqlToken, bool>(true)
        select At<ExpressionSyntax>(span => new LiteralSyntax(span, LiteralKind.String, unescaped!)));

    private static TokenListParser<SqlToken, T> Fault<T>(string message) => input => TokenListParserResult.Empty<SqlToken, T>(input, message);

    private static string? Unescaped(string text, char escape)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != escape)
            {
                result.Append(text[at]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == escape)
            {
                result.Append(escape);
                at++;
                continue;
            }

            var isLong = at + 1 < text.Length && text[at + 1] == '+';
            var (start, length) = isLong ? (at + 2, 6) : (at + 1, 4);
            if (start + length > text.Length || !int.TryParse(text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
                return null;
            result.Append(code is >= 0xD800 and <= 0xDFFF or <= 0xFFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code));
            at = start + length - 1;
        }

        return result.ToString();
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
                return Elements(input);
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
}
