using System.Text.RegularExpressions;
using Serverless.Engine.Expressions.Patterns;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>LIKE and the regular expressions, which are Java's and run in time linear in the text, unless the pattern looks around or refers back.</summary>
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
        table.Add("REGEXP_EXTRACT_ALL", "a string, a regular expression and perhaps the number of a group", call =>
            call.Count == 2
                ? ChooseRegex(call, ExtractAll, SqlType.Array(SqlType.String), SqlKind.String, SqlKind.String)
                : ChooseRegex(call, ExtractAllOf, SqlType.Array(SqlType.String), SqlKind.String, SqlKind.String, SqlKind.BigInt));
        table.Add("REGEXP_COUNT", "a string and a regular expression", call => ChooseRegex(call, CountOf, SqlType.Int, SqlKind.String, SqlKind.String));
        table.Add("REGEXP_INSTR", "a string and a regular expression", call => ChooseRegex(call, PlaceOf, SqlType.Int, SqlKind.String, SqlKind.String));
        table.Add("REGEXP_SUBSTR", "a string and a regular expression", call => ChooseRegex(call, Extract, SqlType.String, SqlKind.String, SqlKind.String));
        table.Add("STR_TO_MAP", "a string and perhaps two separators", call =>
            call.Symbols.Count == 0 && call.AreTexts && call.Count is 1 or 3
                ? BoxedFunction.Strict(call.Name, [.. call.Arguments.Select(_ => SqlType.String)], SqlType.Map(SqlType.String, SqlType.String), a => ToMap((string)a[0], a.Length > 1 ? (string)a[1] : ",", a.Length > 2 ? (string)a[2] : "="), canFail: true)
                : null);
        table.Add("SIMILAR", "a string, a pattern and perhaps an escape character as a literal", ChooseSimilar);
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

        return call.Compile(1, JavaPattern.Compile) is { } regexes
            ? call.Make(method, returns, kinds.Select(kind => new SqlType(kind)), call.Arguments[1].Constant is null, regexes)
            : null;
    }

    private static bool Like(Compiled<LikePattern> patterns, string text, string pattern) => patterns.Get(pattern).IsMatch(text);

    private static bool LikeEscaped(Compiled<LikePattern> patterns, string text, string pattern, string _) => patterns.Get(pattern).IsMatch(text);

    private static ScalarFunction? ChooseSimilar(FunctionCall call)
    {
        if (call.Count is not (2 or 3) || call.Symbols.Count > 0 || !call.AreTexts)
            return null;
        char? escape = null;
        if (call.Count == 3)
        {
            if (call.Arguments[2].Constant is not { Length: 1 } literal)
                return call.Fail("SIMILAR TO takes one character as its escape, as a literal");
            escape = literal[0];
        }

        return call.Compile(1, pattern => JavaPattern.Compile(SimilarPattern.ToRegex(pattern, escape))) is { } patterns
            ? call.MakeOfTexts(call.Count == 2 ? IsSimilar : IsSimilarEscaped, SqlType.Boolean, call.Arguments[1].Constant is null, patterns)
            : null;
    }

    private static bool IsSimilar(Compiled<Regex> regexes, string text, string pattern) => Run(() => regexes.Get(pattern).IsMatch(text));

    private static bool IsSimilarEscaped(Compiled<Regex> regexes, string text, string pattern, string _) => IsSimilar(regexes, text, pattern);

    private static NestedValue ExtractAll(Compiled<Regex> regexes, string text, string pattern) => ExtractAllOf(regexes, text, pattern, 1)!;

    private static NestedValue? ExtractAllOf(Compiled<Regex> regexes, string text, string pattern, long group)
    {
        var regex = regexes.Get(pattern);
        return group < 0 || group >= regex.GetGroupNumbers().Length ? null
            : Run(() => NestedValue.Of(regex.Matches(text).Select(object? (m) => m.Groups[(int)group] is { Success: true } found ? found.Value : null)));
    }

    private static long CountOf(Compiled<Regex> regexes, string text, string pattern) => Run(() => regexes.Get(pattern).Count(text));

    private static long PlaceOf(Compiled<Regex> regexes, string text, string pattern) =>
        Run(() => regexes.Get(pattern).Match(text) is { Success: true } match ? CodePoints.Count(text.AsSpan(0, match.Index)) + 1 : 0);

    // Separators are regular expressions, as in Flink.
    private static NestedValue ToMap(string text, string between, string inside)
    {
        if (text.Length == 0)
            return NestedValue.MapOf([]);
        try
        {
            var (entries, parts) = (JavaPattern.Compile(between), JavaPattern.Compile(inside));
            return NestedValue.MapOf(entries.Split(text).Select(e => parts.Split(e, 2)).Select(e => ((object?)e[0], (object?)(e.Length > 1 ? e[1] : null))));
        }
        catch (FormatException e)
        {
            throw new EvaluationException(e.Message, e);
        }
    }

    private static T Run<T>(Func<T> match)
    {
        try
        {
            return match();
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new EvaluationException($"the regular expression took more than {e.MatchTimeout.TotalSeconds} s: write one that does not look around or refer back", e);
        }
    }

    // An empty expression matches nothing, as in Flink.
    private static bool IsMatch(Compiled<Regex> regexes, string text, string pattern) => pattern.Length > 0 && Run(() => regexes.Get(pattern).IsMatch(text));

    private static string? Extract(Compiled<Regex> regexes, string text, string pattern) => ExtractGroup(regexes, text, pattern, 0);

    private static string? ExtractGroup(Compiled<Regex> regexes, string text, string pattern, long group)
    {
        var match = Run(() => regexes.Get(pattern).Match(text));
        return match.Success && group >= 0 && group < match.Groups.Count && match.Groups[(int)group] is { Success: true } found ? found.Value : null;
    }

    // The replacement stands for itself: $1 is no group.
    private static string Replace(Compiled<Regex> regexes, string text, string pattern, string replacement) =>
        Run(() => regexes.Get(pattern).Replace(text, replacement.Replace("$", "$$", StringComparison.Ordinal)));
}
