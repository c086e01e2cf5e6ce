using Superpower;
using Superpower.Model;
using Run = Superpower.Model.TextSpan;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>
/// Cuts a script into tokens; comments and blanks fall away. It never fails: what cannot be a token becomes one of the kinds
/// that the grammar refuses, and punctuation pasted from a web page is reported and read as what it was meant to be.
/// </summary>
internal sealed class SqlTokenizer(Diagnostics diagnostics) : Tokenizer<SqlToken>
{
    private const string SingleQuotes = "'‘’‚‛′＇";
    private const string DoubleQuotes = "\"“”„‟″＂";

    /// <summary>Whether a character only looks like a quote of SQL.</summary>
    public static bool IsTypographicQuote(char c) => c is not ('\'' or '"') && (SingleQuotes.Contains(c) || DoubleQuotes.Contains(c));

    protected override IEnumerable<Result<SqlToken>> Tokenize(Run span)
    {
        var rest = span;
        while (!rest.IsAtEnd)
        {
            var (kind, length) = Next(rest.Source!, rest.Position.Absolute);
            var after = rest.Skip(length);
            if (kind is { } token)
                yield return Result.Value(token, rest, after);
            rest = after;
        }
    }

    // The token at an index and its length; no kind for what falls away.
    private (SqlToken? Kind, int Length) Next(string text, int at)
    {
        var c = text[at];
        var following = at + 1 < text.Length ? text[at + 1] : '\0';
        if (IsBlank(c))
            return (null, 1);
        if (c == '-' && following == '-')
            return (null, LengthUntil(text, at, '\n'));
        // Shell's and Java's comments are no SQL, but nothing else begins a line so.
        if ((c == '#' || (c == '/' && following == '/')) && IsAtLineStart(text, at))
            return (null, LengthUntil(text, at, '\n'));
        if (c == '/' && following == '*')
            return Comment(text, at);
        if (c == '\'')
            return Quoted(text, at, SqlToken.String, SqlToken.UnterminatedString);
        if (c is 'x' or 'X' && following == '\'')
            return Prefixed(text, at, 1, SqlToken.Bytes);
        if (c is 'u' or 'U' && following == '&' && at + 2 < text.Length && text[at + 2] == '\'')
            return Prefixed(text, at, 2, SqlToken.UnicodeString);
        if (c == '`')
            return Quoted(text, at, SqlToken.QuotedName, SqlToken.UnterminatedName);
        if (c == '"')
            return Quoted(text, at, SqlToken.DoubleQuoted, SqlToken.DoubleQuoted);
        if (IsTypographicQuote(c))
            return TypographicallyQuoted(text, at);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(following)))
            return Number(text, at);
        if (WordPart(text, at) is var first and > 0 && c != '$')
            return (SqlToken.Word, WordLength(text, at + first) + first);
        if (Operator(c, following) is { } twoCharacters)
            return (twoCharacters, 2);
        if (Punctuation(c) is { } punctuation)
            return (punctuation, 1);
        if (Meant(c) is { } ascii && Punctuation(ascii) is { } meant)
        {
            diagnostics.Error(new(at, 1), $"'{c}' is full-width punctuation; write '{ascii}'");
            return (meant, 1);
        }
        return (SqlToken.Unknown, char.IsSurrogatePair(text, at) ? 2 : 1);
    }

    // Byte order marks and zero-width characters come along when text is copied.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is '\uFEFF' or >= '\u200B' and <= '\u200D';

    private static bool IsAtLineStart(string text, int at)
    {
        for (at--; at >= 0 && text[at] != '\n'; at--)
            if (!IsBlank(text[at]))
                return false;
        return true;
    }

    private static int LengthUntil(string text, int at, char end)
    {
        var found = text.IndexOf(end, at);
        return (found < 0 ? text.Length : found) - at;
    }

    private static (SqlToken?, int) Comment(string text, int at)
    {
        var end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0)
            return (SqlToken.UnterminatedComment, text.Length - at);
        // A hint looks like a comment but is part of the language: what is inside are tokens.
        return end > at + 2 && text[at + 2] == '+' ? (SqlToken.HintStart, 3) : (null, end + 2 - at);
    }

    private static (SqlToken?, int) Quoted(string text, int at, SqlToken kind, SqlToken unterminated)
    {
        var quote = text[at];
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] != quote)
                continue;
            if (i + 1 == text.Length || text[i + 1] != quote)
                return (kind, i + 1 - at);
            i++;
        }
        // Only its own line, so that the statements behind it are still read.
        return (unterminated, LengthUntil(text, at, '\n'));
    }

    private static (SqlToken?, int) Prefixed(string text, int at, int prefix, SqlToken kind)
    {
        var (token, length) = Quoted(text, at + prefix, kind, SqlToken.UnterminatedString);
        return (token, length + prefix);
    }

    private (SqlToken?, int) TypographicallyQuoted(string text, int at)
    {
        var isSingle = SingleQuotes.Contains(text[at]);
        diagnostics.Error(new(at, 1), $"{text[at]} is a typographic quote; strings stand in straight ones: '");
        var end = text.AsSpan(at + 1, LengthUntil(text, at, '\n') - 1).IndexOfAny(isSingle ? SingleQuotes : DoubleQuotes);
        return end < 0 ? (SqlToken.Unknown, 1) : (SqlToken.String, end + 2);
    }

    private static (SqlToken?, int) Number(string text, int at)
    {
        var end = Digits(text, at);
        if (end < text.Length && text[end] == '.' && Digits(text, end + 1) is var fraction && fraction > end + 1)
            end = fraction;
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var sign = end + 1 < text.Length && text[end + 1] is '+' or '-' ? 1 : 0;
            if (Digits(text, end + 1 + sign) is var exponent && exponent > end + 1 + sign)
                end = exponent;
        }
        var word = WordLength(text, end);
        return (word > 0 ? SqlToken.MalformedNumber : SqlToken.Number, end + word - at);
    }

    private static int Digits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at;
    }

    private static int WordLength(string text, int at)
    {
        var end = at;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) ? 1 : WordPart(text, end)) is var part and > 0)
            end += part;
        return end - at;
    }

    private static int WordPart(string text, int at) =>
        char.IsLetter(text, at) ? char.IsSurrogatePair(text, at) ? 2 : 1
        : text[at] is '_' or '$' ? 1
        : 0;

    private static SqlToken? Operator(char c, char following) => (c, following) switch
    {
        ('<', '>') or ('!', '=') => SqlToken.NotEqual,
        ('<', '=') => SqlToken.LessOrEqual,
        ('>', '=') => SqlToken.GreaterOrEqual,
        ('|', '|') => SqlToken.Concatenation,
        ('=', '>') => SqlToken.Arrow,
        ('*', '/') => SqlToken.HintEnd,
        _ => null,
    };

    private static SqlToken? Punctuation(char c) => c switch
    {
        '(' => SqlToken.LeftParenthesis,
        ')' => SqlToken.RightParenthesis,
        '[' => SqlToken.LeftBracket,
        ']' => SqlToken.RightBracket,
        ',' => SqlToken.Comma,
        '.' => SqlToken.Dot,
        ';' => SqlToken.Semicolon,
        '+' => SqlToken.Plus,
        '-' => SqlToken.Minus,
        '*' => SqlToken.Star,
        '/' => SqlToken.Slash,
        '%' => SqlToken.Percent,
        '=' => SqlToken.Equal,
        '<' => SqlToken.Less,
        '>' => SqlToken.Greater,
        _ => null,
    };

    // The ASCII character that Chinese punctuation stands for.
    private static char? Meant(char c) => c switch
    {
        '、' => ',',
        '。' => '.',
        >= '！' and <= '～' => (char)(c - '！' + '!'),
        _ => null,
    };
}
