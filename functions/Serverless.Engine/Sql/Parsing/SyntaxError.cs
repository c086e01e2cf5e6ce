using System.Text.RegularExpressions;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>Says in plain words where and why a statement did not parse.</summary>
/// <param name="source">The script.</param>
/// <param name="statement">The statement's tokens.</param>
/// <param name="end">The semicolon behind it; null at the end of the script.</param>
internal sealed partial class SyntaxError(SourceText source, Token<SqlToken>[] statement, Token<SqlToken>? end)
{
    private const string CommaTooMany = "; is the comma before it one too many?";

    // In the order in which they stand; of several at one place, the most frequent.
    private static readonly string[] QueryClauses = ["JOIN", "WHERE", "GROUP BY", "HAVING", "UNION", "ORDER BY"];

    // The words that could come too and are not listed, but known when misspelt.
    private static readonly string[] OtherClauses = ["LEFT", "RIGHT", "FULL", "CROSS", "INTERSECT", "EXCEPT", "WINDOW", "QUALIFY", "LIMIT", "OFFSET", "FETCH"];

    private static readonly string[] Ordered = ["WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"];

    /// <summary>Reports why a parser failed.</summary>
    public void Report<T>(TokenListParserResult<SqlToken, T> failure, Diagnostics diagnostics)
    {
        var at = failure.Remainder.Position;
        if (failure.SubTokenErrorPosition is { HasValue: true } refused)
        {
            var first = Array.FindIndex(statement, token => token.Position.Absolute == refused.Absolute);
            diagnostics.Error(SpanOf(statement[first]).To(SpanOf(statement[Math.Max(first, at - 1)])), failure.ErrorMessage!.ReplaceLineEndings(" "));
        }
        else
        {
            Report(at, failure.ErrorMessage?.ReplaceLineEndings(" "), failure.Expectations ?? [], diagnostics);
        }
    }

    /// <summary>Reports that a statement goes on where it should have ended.</summary>
    /// <param name="at">The index of the first token that is too many.</param>
    /// <param name="isNext">Whether it begins another statement, so that only the semicolon is missing.</param>
    /// <param name="diagnostics">Where to report.</param>
    public void ReportRest(int at, bool isNext, Diagnostics diagnostics) =>
        Report(at, null, isNext ? ["';'"] : [.. Clauses(statement.AsSpan(0, at)), "';'"], diagnostics);

    // The clauses that could still come behind these tokens.
    private static string[] Clauses(ReadOnlySpan<Token<SqlToken>> before)
    {
        string[] following = [];
        var depth = 0;
        foreach (var token in before)
        {
            depth += token.Kind == SqlToken.LeftParenthesis ? 1 : token.Kind == SqlToken.RightParenthesis ? -1 : 0;
            if (depth > 0 || token.Kind != SqlToken.Word)
                continue;
            following = token.ToStringValue().ToUpperInvariant() switch
            {
                "CREATE" => ["WITH"],
                "WITH" or "SET" or "UNION" or "INTERSECT" or "EXCEPT" or "MINUS" or "LIMIT" or "OFFSET" or "FETCH" => [],
                "SELECT" => ["','", "FROM"],
                "FROM" => QueryClauses,
                "WHERE" => QueryClauses[2..],
                "GROUP" => QueryClauses[3..],
                "HAVING" or "WINDOW" or "QUALIFY" => QueryClauses[4..],
                "ORDER" => ["LIMIT"],
                _ => following,
            };
        }
        return following;
    }

    private bool IsInHint(int at) =>
        statement.Take(at).LastOrDefault(token => token.Kind is SqlToken.HintStart or SqlToken.HintEnd).Kind == SqlToken.HintStart;

    // The tokens of the subquery that a token stands in, up to this token; null if it stands in none.
    private Token<SqlToken>[]? Subquery(int at)
    {
        var depth = 0;
        for (var i = at - 1; i >= 0; i--)
        {
            depth += statement[i].Kind == SqlToken.RightParenthesis ? 1 : statement[i].Kind == SqlToken.LeftParenthesis ? -1 : 0;
            if (depth < 0)
                return IsWord(statement[i + 1], "SELECT") || IsWord(statement[i + 1], "WITH") ? statement[(i + 1)..at] : null;
        }
        return null;
    }

    private void Report(int at, string? message, string[] expectations, Diagnostics diagnostics)
    {
        Token<SqlToken>? found = at < statement.Length ? statement[at] : end;
        if (found is { } token && !(token.Kind == SqlToken.HintEnd && IsInHint(at)) && Unreadable(token) is { } unreadable)
        {
            diagnostics.Error(unreadable.Span, unreadable.Message);
            return;
        }
        var expected = expectations.Distinct().ToList();
        // A clause of a subquery could have come as well as its end.
        if (expected is ["')'"] && found is { Kind: SqlToken.Word } && Subquery(at) is { } inside)
            expected = [.. Clauses(inside), "')'"];
        if (PreviousMeant(at, expected) is { } meant)
        {
            diagnostics.Error(SpanOf(statement[at - 1]), $"'{TextOf(statement[at - 1])}' stands where {meant} is expected; did you mean {meant}?");
            return;
        }
        message ??= $"expected {Either(expected)}" + (at > 0 ? $" after '{TextOf(statement[at - 1])}'" : "");
        var place = found is { } f ? SpanOf(f) : new TextSpan(statement.Length > 0 ? SpanOf(statement[^1]).End : 0, 0);
        // Behind a type or an argument no name can stand.
        var hint = expected.Count == 0 && message.StartsWith("expected ','", StringComparison.Ordinal) && found is { Kind: SqlToken.Word } word
            && ReservedWords.Contains(word.ToStringValue()) && (IsWord(word, "INTERVAL") || !ReservedWords.IsStructural(word.ToStringValue()))
            ? "; is the comma before it missing?"
            : Hint(at, found, expected);
        diagnostics.Error(place, $"{message}; found {Name(found)}{hint}");
    }

    private static string Either(List<string> expected) =>
        expected.Count < 2 ? string.Concat(expected) : $"{string.Join(", ", expected[..^1])} or {expected[^1]}";

    private static string Name(Token<SqlToken>? found) => found is { } token ? $"'{TextOf(token)}'" : "the end of the script";

    private string Hint(int at, Token<SqlToken>? found, List<string> expected)
    {
        if (found is not { } token)
            return "";
        if (at > 0 && at < statement.Length && statement[at - 1] is { Kind: SqlToken.String } text && StringEndedEarly(text, token) is { } early)
            return early;
        var afterComma = at > 0 && statement[at - 1].Kind == SqlToken.Comma;
        if (afterComma && token.Kind == SqlToken.RightParenthesis)
            return CommaTooMany;
        if (token.Kind != SqlToken.Word)
            return token.Kind == SqlToken.Equal && at > 0 && statement[at - 1].Kind == SqlToken.Equal ? "; equality is a single '='"
                : TextOf(token) == "&" ? "; conditions are joined by AND"
                : "";
        var word = token.ToStringValue();
        if (Meant(word, expected) is { } meant)
            return $"; did you mean {meant}?";
        if (afterComma && ReservedWords.IsStructural(word))
            return CommaTooMany;
        if (expected.Contains("';'") || expected.Contains("')'"))
        {
            if (Array.Exists(Ordered, clause => IsWord(token, clause)))
                return "; the order is WHERE, GROUP BY, HAVING, ORDER BY, LIMIT";
            if (IsWord(token, "UNION") || IsWord(token, "INTERSECT") || IsWord(token, "EXCEPT") || IsWord(token, "MINUS"))
                return $"; a query with ORDER BY or LIMIT stands in parentheses before {word}";
        }
        if (expected.Exists(expectation => expectation.Contains("','", StringComparison.Ordinal)) && at + 1 < statement.Length && statement[at + 1].Kind == SqlToken.LeftParenthesis)
            return "; is the comma before it missing?";
        var isMeantAsName = ReservedWords.IsStructural(word)
            ? expected is [var only] && (only is "an expression" or "an alias" ? StandsLikeName(at) || (only == "an alias" && at + 1 >= statement.Length) : IsName(only))
            : expected.Count == 0 || expected.Exists(MayBeName);
        return ReservedWords.Contains(word) && isMeantAsName
            ? $"; {word} is a reserved word: as a name it stands in backquotes, `{word}`"
            : "";
    }

    private static bool IsName(string expectation) =>
        expectation.Contains("name", StringComparison.Ordinal) || expectation.Contains("alias", StringComparison.Ordinal);

    // SELECT window, a FROM …: what comes next could only come behind a column.
    private bool StandsLikeName(int at) =>
        at + 1 < statement.Length
        && (statement[at + 1].Kind is SqlToken.Comma or SqlToken.Dot or SqlToken.RightParenthesis or >= SqlToken.Plus and <= SqlToken.Concatenation
            || IsWord(statement[at + 1], "FROM") || IsWord(statement[at + 1], "AS"));

    // Behind what goes on with a comma or with a join an alias may stand.
    private static bool MayBeName(string expectation) =>
        IsName(expectation) || expectation.Contains("expression", StringComparison.Ordinal) || expectation.Contains("table", StringComparison.Ordinal)
        || expectation.Contains("','", StringComparison.Ordinal) || expectation == "JOIN";

    // A quote too many or too few makes a string end where it was not meant to.
    private string? StringEndedEarly(Token<SqlToken> text, Token<SqlToken> found)
    {
        var content = text.ToStringValue();
        if (content.FirstOrDefault(SqlTokenizer.IsTypographicQuote) is var quote and not '\0' && content.Contains('\n'))
            return $"; the string before it holds the typographic quote {quote} and so went on to the next '";
        if (content.Contains('\n'))
            return $"; the string before it began on line {source.Position(text.Position.Absolute).Line}: is its closing quote missing there?";
        return SpanOf(text).End == SpanOf(found).Start
            ? "; the string before it ended at its second quote (a quote inside a string is written twice: '')"
            : null;
    }

    // A misspelt keyword is read as a name, and it is the token behind it that does not fit.
    private string? PreviousMeant(int at, List<string> expected) =>
        at > 1 && statement[at - 1].Kind == SqlToken.Word && !ReservedWords.Contains(statement[at - 1].ToStringValue())
            ? Meant(statement[at - 1].ToStringValue(), expected)
            : null;

    private static string? Meant(string word, List<string> expected)
    {
        var keywords = expected.SelectMany(expectation => Keywords().Matches(expectation)).Select(match => match.Value.Split(' ')[0])
            .Concat(expected.Contains("ORDER BY") ? OtherClauses : []);
        return Spelling.Nearest(word, keywords) is { } near && !near.Equals(word, StringComparison.OrdinalIgnoreCase) ? near : null;
    }

    private (TextSpan Span, string Message)? Unreadable(Token<SqlToken> token)
    {
        var start = token.Position.Absolute;
        return token.Kind switch
        {
            SqlToken.UnterminatedString => (new(start, 1), "this string is never closed: its second ' is missing"),
            SqlToken.UnterminatedName => (new(start, 1), "this name is never closed: its second ` is missing"),
            SqlToken.UnterminatedComment => (new(start, 2), "this comment is never closed: */ is missing"),
            SqlToken.DoubleQuoted => (SpanOf(token), "double quotes mean nothing in Flink SQL; write a string in '…' and a name in `…`"),
            SqlToken.MalformedNumber => (SpanOf(token), $"'{source[SpanOf(token)]}' is neither a number nor a name; a name that begins with a digit stands in backquotes"),
            SqlToken.Arrow => (SpanOf(token), "'=>' stands only behind the name of a table function's argument; 'at least' is written '>='"),
            SqlToken.HintEnd => (SpanOf(token), "this closes a comment or a hint that was never opened"),
            SqlToken.HintStart => (SpanOf(token), "a hint stands behind SELECT or behind a table's name; a comment begins with /* and a blank"),
            _ => null,
        };
    }

    // What was found, on one line and not too long.
    private static string TextOf(Token<SqlToken> token)
    {
        var text = token.Kind == SqlToken.String ? Unquoted(token) : token.ToStringValue();
        text = text.ReplaceLineEndings(" ");
        return text.Length > 40 ? $"{text[..40]}…" : text;
    }

    [GeneratedRegex("[A-Z][A-Z_ ]+[A-Z]")]
    private static partial Regex Keywords();
}
