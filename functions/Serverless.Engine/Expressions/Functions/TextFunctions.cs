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
        table.Add("OVERLAY", "a string PLACING another FROM an integer, perhaps FOR an integer", new Overload(OverlayRest, text, text, text, integer), new Overload(Overlay, text, text, text, integer, integer));
        table.Add("TRANSLATE", "three strings", new Overload(Translate, text, text, text, text));
        table.Add("ELT", "an integer and strings", call =>
            call.Count < 2 || call.Symbols.Count > 0 || !(call.Type(0).IsInteger || call.Type(0).Kind == SqlKind.Null) || !Enumerable.Range(1, call.Count - 1).All(i => call.Is(i, SqlKind.String))
                ? null
                : BoxedFunction.Of(call.Name, [SqlType.BigInt, text], text, a => a[0] is long place && place >= 1 && place < a.Length ? a[place] : null));
        table.Add("PRINTF", "a format and values", call =>
            call.Count > 0 && call.Symbols.Count == 0 && call.Is(0, SqlKind.String)
                ? BoxedFunction.Of(call.Name, [.. call.Arguments.Select(a => a.Type)], text, a => a[0] is string format ? JavaFormatter.Format(format, a[1..]) : null)
                : null);
        table.Add("IS_ALPHA", "a value", call => ChooseTest(call, IsAlpha));
        table.Add("IS_DIGIT", "a value", call => ChooseTest(call, IsDigit));
        table.Add("IS_DECIMAL", "a value", call => ChooseTest(call, IsDecimal));
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

    private static string Upper(string text) => LetterCase.Upper(text);

    private static string Lower(string text) => LetterCase.Lower(text);

    private static string InitCap(string text) => string.Create(text.Length, text, static (result, text) =>
    {
        var inWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            result[i] = inWord ? char.ToLowerInvariant(text[i]) : char.ToUpperInvariant(text[i]);
            inWord = char.IsLetterOrDigit(text[i]);
        }
    });

    // Never NULL, and FALSE for NULL and an empty text, as in Flink.
    private static ScalarFunction? ChooseTest(FunctionCall call, Func<string, bool> test) =>
        call.Count == 1 && call.Symbols.Count == 0 && (call.Is(0, SqlKind.String) || call.Type(0).IsNumeric)
            ? BoxedFunction.Of(call.Name, [SqlType.String], SqlType.Boolean, a => a[0] is string { Length: > 0 } value && test(value))
            : null;

    private static bool IsAlpha(string text) => text.EnumerateRunes().All(Rune.IsLetter);

    private static bool IsDigit(string text) => text.All(char.IsAsciiDigit);

    private static bool IsDecimal(string text) => Number.TryParse(text, out _) && !text.AsSpan().ContainsAny(' ', '\t');

    private static string OverlayRest(string text, string other, long from) => Overlay(text, other, from, CodePoints.Count(other));

    private static string Overlay(string text, string other, long from, long length)
    {
        var count = CodePoints.Count(text);
        if (from < 1 || from > count)
            return text;
        var start = CodePoints.IndexOf(text, from - 1);
        var end = length < 0 || from - 1 + length >= count ? text.Length : CodePoints.IndexOf(text, from - 1 + length);
        return string.Concat(text.AsSpan(0, start), other, text.AsSpan(end));
    }

    private static string Translate(string text, string from, string to)
    {
        var (old, @new) = (from.EnumerateRunes().ToList(), to.EnumerateRunes().ToList());
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var place = old.IndexOf(rune);
            if (place < 0)
                result.Append(rune);
            else if (place < @new.Count)
                result.Append(@new[place]);
        }

        return result.ToString();
    }

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
