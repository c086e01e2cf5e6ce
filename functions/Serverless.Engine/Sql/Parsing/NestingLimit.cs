using System.Runtime.CompilerServices;
using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using static Serverless.Engine.Sql.Parsing.Refusals;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>
/// Bounds how deep a statement's tree can get, before it is parsed: what walks a tree, here and later, recurses, and a stack
/// that overflows takes the process with it.
/// </summary>
internal static class NestingLimit
{
    private const int Levels = 40;

    // Operators in a row make a tree as deep as they are many.
    private const int Height = 1000;

    private static readonly string[] Operators = ["AND", "OR", "NOT", "IS", "IN", "BETWEEN", "LIKE"];

    private static readonly string[] Separators = ["SELECT", "FROM", "ON", "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "WHEN", "THEN", "ELSE"];

    /// <summary>
    /// The seat belt of a rule that nests: where a thread's stack is so small, or so full already, that even the levels allowed
    /// do not fit, it refuses rather than overflows.
    /// </summary>
    public static TokenListParser<SqlToken, T> OnStack<T>(TokenListParser<SqlToken, T> parser) => input =>
        input.IsAtEnd || RuntimeHelpers.TryEnsureSufficientExecutionStack()
            ? parser(input)
            : Refusal<T>(input, Behind(input), "this is nested too many levels deep; write it flatter, or in a view of its own");

    /// <summary>The token that goes too deep and what to say of it; null if none does.</summary>
    public static (Token<SqlToken> Token, string Message)? Exceeded(IEnumerable<Token<SqlToken>> statement)
    {
        // The operators of each open level, since its last comma or clause.
        var levels = new Stack<int>([0]);
        var height = 0;
        Token<SqlToken> previous = default;
        foreach (var token in statement)
        {
            if (Opens(token, previous))
            {
                levels.Push(0);
                if (levels.Count > Levels)
                    return (token, $"this is nested more than {Levels} levels deep; write it flatter, or in a view of its own");
            }
            else if (Closes(token) && levels.Count > 1)
            {
                height -= levels.Pop();
            }
            else if (token.Kind == SqlToken.Comma || Array.Exists(Separators, word => IsWord(token, word)))
            {
                height -= levels.Pop();
                levels.Push(0);
            }
            else if (token.Kind is >= SqlToken.Plus and <= SqlToken.Concatenation || Array.Exists(Operators, word => IsWord(token, word)))
            {
                levels.Push(levels.Pop() + 1);
                if (++height > Height)
                    return (token, $"this expression has more than {Height} operators in a row; split it up");
            }
            previous = token;
        }
        return null;
    }

    private static bool Opens(Token<SqlToken> token, Token<SqlToken> previous) =>
        token.Kind == SqlToken.LeftParenthesis || IsWord(token, "CASE")
        || (token.Kind == SqlToken.Less && previous.HasValue
            && (IsWord(previous, "ROW") || IsWord(previous, "ARRAY") || IsWord(previous, "MAP") || IsWord(previous, "MULTISET") || IsWord(previous, "RAW")));

    // A '>' that is an operator closes nothing that matters: the levels are a bound, not a grammar.
    private static bool Closes(Token<SqlToken> token) => token.Kind == SqlToken.RightParenthesis || IsWord(token, "END");
}
