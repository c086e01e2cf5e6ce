namespace Serverless.Engine.Expressions;

/// <summary>Strings counted in code points, as SQL counts characters.</summary>
internal static class CodePoints
{
    private const char FirstSurrogate = '\uD800';
    private const char LastSurrogate = '\uDFFF';

    /// <summary>How many code points a text has.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange(FirstSurrogate, LastSurrogate))
            return text.Length;
        var count = 0;
        for (var at = 0; at < text.Length; at += Width(text, at))
            count++;
        return count;
    }

    /// <summary>The index at which a code point begins, the end of the text where it has no more than <paramref name="count"/>.</summary>
    public static int IndexOf(ReadOnlySpan<char> text, long count)
    {
        if (count >= text.Length)
            return text.Length;
        if (!text[..(int)count].ContainsAnyInRange(FirstSurrogate, LastSurrogate))
            return (int)count;
        var at = 0;
        for (; count > 0 && at < text.Length; count--)
            at += Width(text, at);
        return at;
    }

    /// <summary>The units of the code point at an index: two for a pair of surrogates.</summary>
    public static int Width(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
}
