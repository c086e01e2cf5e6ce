using Serverless.Engine.Sql.Parsing;
using Serverless.Engine.Sql.Syntax;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;

namespace Serverless.Engine.Sql;

/// <summary>From a script's text to its statements.</summary>
internal static class Parser
{
    // What a statement begins with when the semicolon before it is missing.
    private static readonly string[] Beginnings = ["CREATE", "INSERT", "SET", "BEGIN", "EXECUTE", "END", "DROP", "USE", "SHOW", "EXPLAIN", "DESCRIBE", "RESET", "ALTER"];

    // What begins no line of another statement, so that reading goes on there behind an error.
    private static readonly string[] Certain = ["CREATE", "INSERT", "DROP"];

    /// <summary>
    /// Parses a script. Each statement is parsed by itself, so that one reading finds the errors of all of them; those that
    /// have none are given.
    /// </summary>
    public static IReadOnlyList<Statement> Parse(SourceText source, Diagnostics diagnostics)
    {
        var statements = new List<Statement>();
        Token<SqlToken>? openSet = null;
        foreach (var (tokens, end) in Split(new SqlTokenizer(diagnostics).Tokenize(source.Text)))
        {
            var rest = new TokenList<SqlToken>(tokens);
            var error = new SyntaxError(source, tokens, end);
            if (NestingLimit.Exceeded(tokens) is { } exceeded)
            {
                diagnostics.Error(SpanOf(exceeded.Token), exceeded.Message);
                continue;
            }
            var first = statements.Count;
            while (!rest.IsAtEnd)
            {
                if (StatementSet(ref rest, ref openSet, diagnostics))
                    continue;
                var parsed = StatementGrammar.Statement(rest);
                if (!parsed.HasValue)
                {
                    error.Report(parsed, diagnostics);
                    if (!SkipToNext(ref rest, parsed.Remainder))
                        break;
                    continue;
                }
                statements.Add(parsed.Value);
                rest = parsed.Remainder;
                if (rest.IsAtEnd)
                    break;
                var isQuery = parsed.Value is InsertStatement or CreateViewStatement or QueryStatement;
                if (Array.Exists(Beginnings, word => Is(rest, word)) || (!isQuery && Is(rest, "SELECT")))
                {
                    diagnostics.Notice(SpanOf(rest.ConsumeToken().Value), "the ';' before this statement is missing");
                    continue;
                }
                error.ReportRest(rest.Position, false, diagnostics);
                if (!SkipToNext(ref rest, rest))
                    break;
            }

            // A query that is read in part is not looked at: it would be told of what only follows from its error.
            if (tokens.Length > 0 && diagnostics.HasErrorIn(SpanOf(tokens[0]).To(SpanOf(tokens[^1]))))
                for (var i = statements.Count - 1; i >= first; i--)
                    if (statements[i] is InsertStatement or QueryStatement)
                        statements.RemoveAt(i);
        }
        if (openSet is { } open)
            diagnostics.Error(SpanOf(open), "this statement set has no END;");
        return statements;
    }

    // Behind an error a statement whose semicolon before it is missing is known by its first word at a line's start.
    private static bool SkipToNext(ref TokenList<SqlToken> rest, TokenList<SqlToken> error)
    {
        var at = error.Position > rest.Position ? error : Behind(rest);
        while (at.ConsumeToken() is { HasValue: true, Value: var token } next)
        {
            if (BeginsLine(token) && Array.Exists(Certain, word => IsWord(token, word)))
            {
                rest = at;
                return true;
            }

            at = next.Remainder;
        }

        return false;
    }

    private static IEnumerable<(Token<SqlToken>[] Tokens, Token<SqlToken>? End)> Split(IEnumerable<Token<SqlToken>> tokens)
    {
        var statement = new List<Token<SqlToken>>();
        foreach (var token in tokens)
        {
            if (token.Kind != SqlToken.Semicolon)
            {
                statement.Add(token);
                continue;
            }
            yield return ([.. statement], token);
            statement.Clear();
        }
        yield return ([.. statement], null);
    }

    // A statement set only says that its jobs run together, as all of a script's do: its words are passed over.
    private static bool StatementSet(ref TokenList<SqlToken> rest, ref Token<SqlToken>? open, Diagnostics diagnostics)
    {
        if (Keyword("END")(rest) is { HasValue: true } end && end.Remainder.IsAtEnd)
        {
            if (open is null)
                diagnostics.Error(end.Value, "END closes nothing: there is no BEGIN STATEMENT SET before it");
            open = null;
            rest = end.Remainder;
            return true;
        }
        var begin = Keyword("EXECUTE", "STATEMENT", "SET", "BEGIN")(rest);
        if (!begin.HasValue)
            begin = Keyword("BEGIN", "STATEMENT", "SET")(rest);
        if (!begin.HasValue || (Is(rest, "BEGIN") && !begin.Remainder.IsAtEnd))
            return false;
        open = rest.ConsumeToken().Value;
        rest = begin.Remainder;
        return true;
    }
}
