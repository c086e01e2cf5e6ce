using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Where one string lies in another.</summary>
internal static class TextSearchFunctions
{
    public static void AddTo(FunctionTable table)
    {
        var (text, integer) = (SqlType.String, SqlType.BigInt);
        table.Add("POSITION", "two strings", new Overload(Position, SqlType.Int, text, text));
        table.Add("LOCATE", "two strings and perhaps an integer", new Overload(Position, SqlType.Int, text, text), new Overload(PositionFrom, SqlType.Int, text, text, integer));
        table.Add(
            "INSTR",
            "two strings, and perhaps from which place on and the how many-th",
            new Overload(InString, SqlType.Int, text, text),
            new Overload(InStringFrom, SqlType.Int, text, text, integer),
            new Overload(InStringNth, SqlType.Int, text, text, integer, integer));
        table.Add("STARTSWITH", "two strings", new Overload(StartsWith, SqlType.Boolean, text, text));
        table.Add("ENDSWITH", "two strings", new Overload(EndsWith, SqlType.Boolean, text, text));
        table.Add("SPLIT_INDEX", "a string, a separator and an integer", new Overload(Split, text, text, text, integer), new Overload(SplitAt, text, text, integer, integer));
    }

    private static long Position(string part, string text) => PositionFrom(part, text, 1);

    private static long PositionFrom(string part, string text, long from)
    {
        if (from < 1)
            return 0;
        var start = CodePoints.IndexOf(text, from - 1);
        var at = text.IndexOf(part, start, StringComparison.Ordinal);
        return at < 0 ? 0 : CodePoints.Count(text.AsSpan(0, at)) + 1;
    }

    private static long InString(string text, string part) => PositionFrom(part, text, 1);

    private static long InStringFrom(string text, string part, long from) => InStringNth(text, part, from, 1);

    // From the end, backwards, if the place is negative.
    private static long InStringNth(string text, string part, long from, long nth)
    {
        if (from == 0 || nth < 1)
            return 0;
        if (from > 0)
        {
            var place = from - 1;
            for (; nth > 0; nth--)
                if ((place = PositionFrom(part, text, place + 1)) == 0)
                    return 0;
            return place;
        }

        var end = CodePoints.Count(text) + from + 1;
        if (end < 1)
            return 0;
        var before = text.AsSpan(0, CodePoints.IndexOf(text, end));
        for (var at = before.Length - part.Length; at >= 0; at--)
            if (before.Slice(at, part.Length).SequenceEqual(part) && --nth == 0)
                return CodePoints.Count(before[..at]) + 1;
        return 0;
    }

    private static bool StartsWith(string text, string part) => text.StartsWith(part, StringComparison.Ordinal);

    private static bool EndsWith(string text, string part) => text.EndsWith(part, StringComparison.Ordinal);

    // As in Flink: counted from 0; an empty text has no parts; an empty separator is any blanks.
    private static string? Split(string text, string separator, long index)
    {
        if (index < 0 || text.Length == 0)
            return null;
        if (separator.Length == 0)
        {
            var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return index < words.Length ? words[index] : null;
        }

        var rest = text.AsSpan();
        while (true)
        {
            var end = rest.IndexOf(separator, StringComparison.Ordinal);
            if (index-- == 0)
                return (end < 0 ? rest : rest[..end]).ToString();
            if (end < 0)
                return null;
            rest = rest[(end + separator.Length)..];
        }
    }

    private static string? SplitAt(string text, long separator, long index) =>
        separator is < 1 or > 255 ? null : Split(text, ((char)separator).ToString(), index);
}
