using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Parts, cases, blanks and joins of strings. Positions count code points from 1.</summary>
internal static class TextFunctions
{
    /// <summary>The longest text that a function makes of a shorter one: a short call must not fill the memory.</summary>
    public const int MaxLength = 1 << 20;

    public static void AddTo(FunctionTable table)
    {
        var (text, integer) = (SqlType.String, SqlType.BigInt);
        table.Add("SUBSTRING SUBSTR", "a string and one or two integers", new Overload(SubstringFrom, text, text, integer), new Overload(Substring, text, text, integer, integer));
        table.Add("LEFT", "a string and an integer", new Overload(Left, text, text, integer));
        table.Add("RIGHT", "a string and an integer", new Overload(Right, text, text, integer));
        table.Add("UPPER", "a string", new Overload(Upper, text, text));
        table.Add("LOWER", "a string", new Overload(Lower, text, text));
        table.Add("INITCAP", "a string", new Overload(InitCap, text, text));
        table.Add("REVERSE", "a string", new Overload(Reverse, text, text));
        table.Add("CHAR_LENGTH CHARACTER_LENGTH", "a string", new Overload(Length, SqlType.Int, text));
        table.Add("TRIM", "a string, or BOTH, LEADING or TRAILING, the characters and a string", ChooseTrim);
        table.Add("BTRIM", "a string and perhaps the characters", new Overload(Trim, text, text), new Overload(TrimOf, text, text, text));
        table.Add("LTRIM", "a string and perhaps the characters", new Overload(TrimStart, text, text), new Overload(TrimStartOf, text, text, text));
        table.Add("RTRIM", "a string and perhaps the characters", new Overload(TrimEnd, text, text), new Overload(TrimEndOf, text, text, text));
        table.Add("REPLACE", "three strings", new Overload(Replace, text, text, text, text));
        table.Add("REPEAT", "a string and an integer", new Overload(Repeat, text, text, integer) { CanFail = true });
        table.Add("LPAD", "a string, a length and a string", new Overload(PadLeft, text, text, integer, text) { CanFail = true });
        table.Add("RPAD", "a string, a length and a string", new Overload(PadRight, text, text, integer, text) { CanFail = true });
        table.Add("||", "two strings", new Overload((Func<string, string, string>)string.Concat, text, text, text));
        table.Add(
            "CONCAT",
            "strings",
            new Overload((Func<string, string, string>)string.Concat, text, text, text),
            new Overload((Func<string, string, string, string>)string.Concat, text, text, text, text),
            new Overload(ConcatAll, text, text) { IsVariadic = true });
        table.Add("CONCAT_WS", "a separator and strings", new Overload(ConcatWith, text, text, text) { IsVariadic = true });
    }

    private static ScalarFunction? ChooseTrim(FunctionCall call)
    {
        if (call.Symbols.Count > 1 || call.Count == 0 || !call.AreTexts)
            return null;
        return (call.Symbols.SingleOrDefault(), call.Count) switch
        {
            (null, 1) => call.MakeOfTexts(Trim, SqlType.String),
            ("BOTH", 2) => call.MakeOfTexts(TrimBothOf, SqlType.String),
            ("LEADING", 2) => call.MakeOfTexts(TrimLeadingOf, SqlType.String),
            ("TRAILING", 2) => call.MakeOfTexts(TrimTrailingOf, SqlType.String),
            _ => null,
        };
    }

    private static string SubstringFrom(string text, long position) => Part(text, position, long.MaxValue);

    private static string? Substring(string text, long position, long length) => length < 0 ? null : Part(text, position, length);

    private static string Part(string text, long position, long length)
    {
        if (position < 0)
        {
            position += CodePoints.Count(text);
            if (position < 0)
                return "";
        }
        else if (position > 0)
        {
            position--;
        }

        var start = CodePoints.IndexOf(text, position);
        var rest = text.AsSpan(start);
        var count = CodePoints.IndexOf(rest, length);
        return count == text.Length ? text : text.Substring(start, count);
    }

    private static string Left(string text, long count) => count <= 0 ? "" : Part(text, 1, count);

    private static string Right(string text, long count)
    {
        var all = CodePoints.Count(text);
        return count <= 0 ? "" : count >= all ? text : Part(text, all - count + 1, count);
    }

    private static string Upper(string text) => text.ToUpperInvariant();

    private static string Lower(string text) => text.ToLowerInvariant();

    private static string InitCap(string text) => string.Create(text.Length, text, static (result, text) =>
    {
        var inWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            result[i] = inWord ? char.ToLowerInvariant(text[i]) : char.ToUpperInvariant(text[i]);
            inWord = char.IsLetterOrDigit(text[i]);
        }
    });

    private static string Reverse(string text) => string.Create(text.Length, text, static (result, text) =>
    {
        for (var at = 0; at < text.Length;)
        {
            var width = CodePoints.Width(text, at);
            text.AsSpan(at, width).CopyTo(result[(text.Length - at - width)..]);
            at += width;
        }
    });

    private static long Length(string text) => CodePoints.Count(text);

    private static string Trim(string text) => text.Trim(' ');

    private static string TrimStart(string text) => text.TrimStart(' ');

    private static string TrimEnd(string text) => text.TrimEnd(' ');

    private static string TrimOf(string text, string characters) => text.AsSpan().Trim(characters) is var rest && rest.Length == text.Length ? text : rest.ToString();

    private static string TrimStartOf(string text, string characters) => text.AsSpan().TrimStart(characters).ToString();

    private static string TrimEndOf(string text, string characters) => text.AsSpan().TrimEnd(characters).ToString();

    private static string TrimBothOf(string characters, string text) => TrimOf(text, characters);

    private static string TrimLeadingOf(string characters, string text) => TrimStartOf(text, characters);

    private static string TrimTrailingOf(string characters, string text) => TrimEndOf(text, characters);

    private static string Replace(string text, string old, string @new) =>
        old.Length == 0 ? text : text.Replace(old, @new, StringComparison.Ordinal);

    private static string Repeat(string text, long count)
    {
        if (count <= 0 || text.Length == 0)
            return "";
        CheckLength((Int128)text.Length * count);
        return new StringBuilder().Insert(0, text, (int)count).ToString();
    }

    private static string? PadLeft(string text, long length, string pad) => Pad(text, length, pad, isLeft: true);

    private static string? PadRight(string text, long length, string pad) => Pad(text, length, pad, isLeft: false);

    private static string? Pad(string text, long length, string pad, bool isLeft)
    {
        if (length < 0 || pad.Length == 0)
            return null;
        CheckLength(length);
        var missing = length - CodePoints.Count(text);
        if (missing <= 0)
            return text[..CodePoints.IndexOf(text, length)];
        var padding = new StringBuilder();
        var padLength = CodePoints.Count(pad);
        for (; missing >= padLength; missing -= padLength)
            padding.Append(pad);
        padding.Append(pad, 0, CodePoints.IndexOf(pad, missing));
        return isLeft ? padding.Append(text).ToString() : padding.Insert(0, text).ToString();
    }

    // NULL where one of them is.
    private static string? ConcatAll(string?[] texts) => texts.AsSpan().Contains(null) ? null : string.Concat(texts);

    // NULLs are left out.
    private static string? ConcatWith(string? separator, string?[] texts) =>
        separator is null ? null : string.Join(separator, texts.Where(text => text is not null));

    private static void CheckLength(Int128 length)
    {
        if (length > MaxLength)
            throw new EvaluationException($"a text of {length} characters is too long, the most is {MaxLength}");
    }
}
