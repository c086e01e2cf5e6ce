using Serverless.Engine.Sql.Syntax;
using Superpower;
using Superpower.Model;
using Token = Superpower.Parsers.Token;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>
/// The words that the grammar is written in. Every rule decides by the next token or two and never goes back, so a failure is
/// where the script is wrong, and parsing takes time in proportion to the script.
/// </summary>
internal static class Grammar
{
    /// <summary>A keyword, or several in a row; gives where they stand.</summary>
    public static TokenListParser<SqlToken, TextSpan> Keyword(params string[] words) => input =>
    {
        var rest = input;
        foreach (var word in words)
        {
            if (!Is(rest, word))
                return TokenListParserResult.Empty<SqlToken, TextSpan>(rest, [rest == input ? string.Join(' ', words) : word]);
            rest = rest.ConsumeToken().Remainder;
        }
        return TokenListParserResult.Value(SpanBetween(input, rest), input, rest);
    };

    /// <summary>A punctuation mark or an operator; gives where it stands.</summary>
    public static TokenListParser<SqlToken, TextSpan> Sign(SqlToken kind, string text) =>
        Token.EqualTo(kind).Select(SpanOf).Named($"'{text}'");

    public static TokenListParser<SqlToken, TextSpan> Comma { get; } = Sign(SqlToken.Comma, ",");

    public static TokenListParser<SqlToken, TextSpan> Dot { get; } = Sign(SqlToken.Dot, ".");

    public static TokenListParser<SqlToken, TextSpan> Equal { get; } = Sign(SqlToken.Equal, "=");

    public static TokenListParser<SqlToken, TextSpan> LeftParenthesis { get; } = Sign(SqlToken.LeftParenthesis, "(");

    public static TokenListParser<SqlToken, TextSpan> RightParenthesis { get; } = Sign(SqlToken.RightParenthesis, ")");

    /// <summary>A name: a word that is not reserved, or anything in backquotes.</summary>
    /// <param name="what">What errors call it: «a column name».</param>
    public static TokenListParser<SqlToken, Identifier> Name(string what) => input =>
    {
        var next = input.ConsumeToken();
        if (next.HasValue && IsName(next.Value))
            return TokenListParserResult.Value(NameOf(next.Value), input, next.Remainder);
        return TokenListParserResult.Empty<SqlToken, Identifier>(input, [what]);
    };

    /// <summary>A string, its quotes undone.</summary>
    public static TokenListParser<SqlToken, StringValue> Text(string what) =>
        Token.EqualTo(SqlToken.String).Select(token => new StringValue(SpanOf(token), Unquoted(token))).Named(what);

    /// <summary>A whole number that fits an INT.</summary>
    public static TokenListParser<SqlToken, int> Integer { get; } = input =>
    {
        var next = input.ConsumeToken();
        return next.HasValue && next.Value.Kind == SqlToken.Number && int.TryParse(next.Value.ToStringValue(), out var value)
            ? TokenListParserResult.Value(value, input, next.Remainder)
            : TokenListParserResult.Empty<SqlToken, int>(input, ["a whole number"]);
    };

    /// <summary>What may be left out.</summary>
    public static TokenListParser<SqlToken, T?> Maybe<T>(TokenListParser<SqlToken, T> parser)
        where T : class => parser.Select(value => (T?)value).OptionalOrDefault(null);

    /// <summary>Whether something that may be left out is there.</summary>
    public static TokenListParser<SqlToken, bool> Has<T>(TokenListParser<SqlToken, T> parser) =>
        parser.Value(true).OptionalOrDefault(false);

    /// <summary><c>( item, item … )</c>; after an item, errors say which.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<T>> List<T>(TokenListParser<SqlToken, T> item, Func<T, string> describe) =>
        from open in LeftParenthesis
        from items in Items(item, describe, SqlToken.RightParenthesis, ")")
        select items;

    /// <summary><c>item, item … )</c>, the closing mark included.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<T>> Items<T>(
        TokenListParser<SqlToken, T> item, Func<T, string> describe, SqlToken close, string closeText) => input =>
    {
        var items = new List<T>();
        var rest = input;
        while (true)
        {
            var result = item(rest);
            if (!result.HasValue)
                return TokenListParserResult.CastEmpty<SqlToken, T, IReadOnlyList<T>>(result);
            items.Add(result.Value);
            var mark = result.Remainder.ConsumeToken();
            if (mark.HasValue && mark.Value.Kind == close)
                return TokenListParserResult.Value<SqlToken, IReadOnlyList<T>>(items, input, mark.Remainder);
            if (!mark.HasValue || mark.Value.Kind != SqlToken.Comma)
            {
                return TokenListParserResult.Empty<SqlToken, IReadOnlyList<T>>(
                    result.Remainder, $"expected ',' or '{closeText}' after {describe(result.Value)}");
            }
            rest = mark.Remainder;
        }
    };

    /// <summary><c>(a, b)</c>, names of columns.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<Identifier>> ColumnNames { get; } = List(Name("a column name"), column => $"the column '{column.Text}'");

    /// <summary>Gives the node its span: all the tokens it was made of.</summary>
    public static TokenListParser<SqlToken, T> Spanned<T>(TokenListParser<SqlToken, Func<TextSpan, T>> parser) => input =>
    {
        var result = parser(input);
        return result.HasValue
            ? TokenListParserResult.Value(result.Value(SpanBetween(input, result.Remainder)), input, result.Remainder)
            : TokenListParserResult.CastEmpty<SqlToken, Func<TextSpan, T>, T>(result);
    };

    /// <summary>Names a function from a span to a node, so that its type need not be written.</summary>
    public static Func<TextSpan, T> At<T>(Func<TextSpan, T> make) => make;

    /// <summary>Whether the next token is this keyword.</summary>
    public static bool Is(Tokens input, string word)
    {
        var next = input.ConsumeToken();
        return next.HasValue && IsWord(next.Value, word);
    }

    /// <summary>Whether the next token is of this kind.</summary>
    public static bool Is(Tokens input, SqlToken kind)
    {
        var next = input.ConsumeToken();
        return next.HasValue && next.Value.Kind == kind;
    }

    /// <summary>The tokens behind the next one.</summary>
    public static Tokens Behind(Tokens input)
    {
        var next = input.ConsumeToken();
        return next.HasValue ? next.Remainder : input;
    }

    /// <summary>Whether nothing but blanks stands before a token on its line.</summary>
    public static bool BeginsLine(Token<SqlToken> token)
    {
        var text = token.Span.Source!;
        var at = token.Position.Absolute - 1;
        while (at >= 0 && text[at] != '\n' && char.IsWhiteSpace(text[at]))
            at--;
        return at < 0 || text[at] == '\n';
    }

    public static bool IsWord(Token<SqlToken> token, string word) =>
        token.Kind == SqlToken.Word && token.Span.EqualsValueIgnoreCase(word);

    public static bool IsName(Token<SqlToken> token) =>
        token.Kind == SqlToken.QuotedName || (token.Kind == SqlToken.Word && !ReservedWords.Contains(token.ToStringValue()));

    public static Identifier NameOf(Token<SqlToken> token) =>
        new(SpanOf(token), token.Kind == SqlToken.QuotedName ? Unquoted(token) : token.ToStringValue());

    public static TextSpan SpanOf(Token<SqlToken> token) => new(token.Position.Absolute, token.Span.Length);

    public static TextSpan SpanBetween(Tokens from, Tokens to)
    {
        var first = from.ConsumeToken();
        if (!first.HasValue || to.Position <= from.Position)
            return default;
        var last = from.Skip(to.Position - from.Position - 1).First();
        return SpanOf(first.Value).To(SpanOf(last));
    }

    /// <summary>The text in the quotes; the ASCII quote is written twice to stand for itself.</summary>
    public static string Unquoted(Token<SqlToken> token)
    {
        var text = token.ToStringValue();
        return text[0] is '\'' or '`' ? text[1..^1].Replace($"{text[0]}{text[0]}", $"{text[0]}", StringComparison.Ordinal) : text[1..^1];
    }
}
