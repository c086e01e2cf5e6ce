using System.Text.RegularExpressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>LIKE and the regular expressions, which run in time linear in the text whatever the pattern.</summary>
internal static class PatternFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("LIKE", "a string, a pattern and perhaps an escape character as a literal", ChooseLike);
        table.Add("REGEXP RLIKE", "a string and a regular expression", call => ChooseRegex(call, IsMatch, SqlType.Boolean, SqlKind.String, SqlKind.String));
        table.Add("REGEXP_EXTRACT", "a string, a regular expression and perhaps the number of a group", call =>
            call.Count == 2
                ? ChooseRegex(call, Extract, SqlType.String, SqlKind.String, SqlKind.String)
                : ChooseRegex(call, ExtractGroup, SqlType.String, SqlKind.String, SqlKind.String, SqlKind.BigInt));
        table.Add("REGEXP_REPLACE", "a string, a regular expression and a string", call =>
            ChooseRegex(call, Replace, SqlType.String, SqlKind.String, SqlKind.String, SqlKind.String));
    }

    private static ScalarFunction? ChooseLike(FunctionCall call)
    {
        if (call.Count is not (2 or 3) || call.Symbols.Count > 0 || !call.AreTexts)
            return null;
        char? escape = null;
        if (call.Count == 3)
        {
            if (call.Arguments[2].Constant is not { Length: 1 } literal)
                return call.Fail("LIKE takes one character as its escape, as a literal");
            escape = literal[0];
        }

        if (call.Compile(1, pattern => LikePattern.Parse(pattern, escape)) is not { } patterns)
            return null;
        var canFail = escape is not null && call.Arguments[1].Constant is null;
        return call.MakeOfTexts(call.Count == 2 ? Like : LikeEscaped, SqlType.Boolean, canFail, patterns);
    }

    private static ScalarFunction? ChooseRegex(FunctionCall call, Delegate method, SqlType returns, params SqlKind[] kinds)
    {
        if (call.Count != kinds.Length || call.Symbols.Count > 0)
            return null;
        for (var i = 0; i < kinds.Length; i++)
        {
            if (!call.Is(i, kinds[i]) && !(kinds[i] == SqlKind.BigInt && call.Type(i).IsInteger))
                return null;
        }

        return call.Compile(1, MakeRegex) is { } regexes
            ? call.Make(method, returns, kinds.Select(kind => new SqlType(kind)), call.Arguments[1].Constant is null, regexes)
            : null;
    }

    private static Regex MakeRegex(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the regular expression '{TextTruncation.Text(pattern)}' is not supported: {e.Message}", e);
        }
    }

    private static bool Like(Compiled<LikePattern> patterns, string text, string pattern) => patterns.Get(pattern).IsMatch(text);

    private static bool LikeEscaped(Compiled<LikePattern> patterns, string text, string pattern, string _) => patterns.Get(pattern).IsMatch(text);

    // An empty expression matches nothing, as in Flink.
    private static bool IsMatch(Compiled<Regex> regexes, string text, string pattern) => pattern.Length > 0 && regexes.Get(pattern).IsMatch(text);

    private static string? Extract(Compiled<Regex> regexes, string text, string pattern) => ExtractGroup(regexes, text, pattern, 0);

    private static string? ExtractGroup(Compiled<Regex> regexes, string text, string pattern, long group)
    {
        var match = regexes.Get(pattern).Match(text);
        return match.Success && group >= 0 && group < match.Groups.Count && match.Groups[(int)group] is { Success: true } found ? found.Value : null;
    }

    // The replacement stands for itself: $1 is no group.
    private static string Replace(Compiled<Regex> regexes, string text, string pattern, string replacement) =>
        regexes.Get(pattern).Replace(text, replacement.Replace("$", "$$", StringComparison.Ordinal));
}
