using Superpower;
using Superpower.Model;
using static Serverless.Engine.Sql.Parsing.Grammar;
using Tokens = Superpower.Model.TokenList<Serverless.Engine.Sql.Parsing.SqlToken>;

namespace Serverless.Engine.Sql.Parsing;

/// <summary>What the grammar knows and does not take: the errors that say what to write instead.</summary>
internal static class Refusals
{
    /// <summary>Fails for good where a parser matches, because what it matches is not supported.</summary>
    public static TokenListParser<SqlToken, T> Refuse<T, TMatched>(TokenListParser<SqlToken, TMatched> parser, string message) => input =>
    {
        var result = parser(input);
        return result.HasValue
            ? Refusal<T>(input, result.Remainder, message)
            : TokenListParserResult.CastEmpty<SqlToken, TMatched, T>(result);
    };

    /// <summary>Lets a value pass, or refuses it with what is wrong with it.</summary>
    public static TokenListParser<SqlToken, T> Checked<T>(this TokenListParser<SqlToken, T> parser, Func<T, string?> fault) => input =>
    {
        var result = parser(input);
        return result.HasValue && fault(result.Value) is { } message ? Refusal<T>(input, result.Remainder, message) : result;
    };

    /// <summary>Refuses what a parser matches if this kind of token comes behind it.</summary>
    public static TokenListParser<SqlToken, T> NotBefore<T>(SqlToken kind, TokenListParser<SqlToken, T> parser, string message) => input =>
    {
        var result = parser(input);
        return result.HasValue && Is(result.Remainder, kind) ? Refusal<T>(input, result.Remainder, message) : result;
    };

    /// <summary>Refuses what a parser matches unless this kind of token comes behind it.</summary>
    public static TokenListParser<SqlToken, T> OnlyBefore<T>(SqlToken kind, TokenListParser<SqlToken, T> parser, string message) => input =>
    {
        var result = parser(input);
        return result.HasValue && !result.Remainder.IsAtEnd && !Is(result.Remainder, kind) ? Refusal<T>(input, result.Remainder, message) : result;
    };

    /// <summary>What repeats, each time making the tree a level deeper: one time more than the most is refused.</summary>
    public static TokenListParser<SqlToken, IReadOnlyList<T>> AtMost<T>(int most, TokenListParser<SqlToken, T> parser, string message) => input =>
    {
        var items = new List<T>();
        var rest = input;
        while (true)
        {
            var result = parser(rest);
            if (result.HasValue && items.Count == most)
                return Refusal<IReadOnlyList<T>>(rest, Behind(rest), message);
            if (!result.HasValue)
            {
                return result.Remainder == rest
                    ? TokenListParserResult.Value<SqlToken, IReadOnlyList<T>>(items, input, rest)
                    : TokenListParserResult.CastEmpty<SqlToken, T, IReadOnlyList<T>>(result);
            }
            items.Add(result.Value);
            rest = result.Remainder;
        }
    };

    /// <summary>Passes, unless one of the keywords comes next; a message names the keyword where it says {0}.</summary>
    public static TokenListParser<SqlToken, bool> RefuseAny(params (string Message, string[] Words)[] refusals) => input =>
    {
        foreach (var (message, words) in refusals)
        {
            foreach (var word in words)
            {
                if (Keyword(word.Split(' '))(input) is { HasValue: true } found)
                    return Refusal<bool>(input, found.Remainder, message.Replace("{0}", word, StringComparison.Ordinal));
            }
        }
        return TokenListParserResult.Value(true, input, input);
    };

    /// <summary>The failure that says a message of the tokens between two places. Consuming them is what makes it final.</summary>
    public static TokenListParserResult<SqlToken, T> Refusal<T>(Tokens from, Tokens to, string message) =>
        TokenListParserResult.Empty<SqlToken, T>(to, from.ConsumeToken().Value.Position, message);
}
