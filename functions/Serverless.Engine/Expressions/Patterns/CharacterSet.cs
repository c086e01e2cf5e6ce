using System.Globalization;
using System.Text;

namespace Serverless.Engine.Expressions.Patterns;

/// <summary>A set of code points, as ranges in order: what a class of a regular expression stands for.</summary>
internal sealed class CharacterSet
{
    private const int Last = 0x10FFFF;
    private const int FirstAstral = 0x10000;

    private readonly (int First, int Last)[] _ranges;

    private CharacterSet(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in ranges.OrderBy(r => r.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        }

        _ranges = [.. merged];
    }

    /// <summary>All code points.</summary>
    public static CharacterSet All { get; } = Range(0, Last);

    /// <summary>No code point.</summary>
    public static CharacterSet None { get; } = new([]);

    /// <summary>The code points from one to another.</summary>
    public static CharacterSet Range(int first, int last) => new([(first, last)]);

    /// <summary>Some code points.</summary>
    public static CharacterSet Of(string characters) => new(characters.EnumerateRunes().Select(r => (r.Value, r.Value)));

    /// <summary>The code points of some categories of Unicode.</summary>
    public static CharacterSet OfCategories(params IReadOnlyCollection<UnicodeCategory> categories)
    {
        var ranges = new List<(int, int)>();
        var start = -1;
        for (var code = 0; code <= Last + 1; code++)
        {
            var isIn = code <= Last && categories.Contains(CharUnicodeInfo.GetUnicodeCategory(code));
            if (isIn && start < 0)
                start = code;
            if (!isIn && start >= 0)
            {
                ranges.Add((start, code - 1));
                start = -1;
            }
        }

        return new CharacterSet(ranges);
    }

    /// <summary>What is in either.</summary>
    public CharacterSet Or(CharacterSet other) => new(_ranges.Concat(other._ranges));

    /// <summary>What is in both.</summary>
    public CharacterSet And(CharacterSet other) => Not().Or(other.Not()).Not();

    /// <summary>What is not in it.</summary>
    public CharacterSet Not()
    {
        var ranges = new List<(int, int)>();
        var next = 0;
        foreach (var (first, last) in _ranges)
        {
            if (first > next)
                ranges.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Last)
            ranges.Add((next, Last));
        return new CharacterSet(ranges);
    }

    /// <summary>With the other case of each ASCII letter in it.</summary>
    public CharacterSet WithBothCases()
    {
        var lower = And(Range('a', 'z'))._ranges.Select(r => (r.First - 32, r.Last - 32));
        var upper = And(Range('A', 'Z'))._ranges.Select(r => (r.First + 32, r.Last + 32));
        return new CharacterSet([.. _ranges, .. lower, .. upper]);
    }

    /// <summary>As an expression of .NET over UTF-16, in which a pair of surrogates is one character.</summary>
    public string ToPattern()
    {
        var parts = new List<string>();
        var units = new StringBuilder();
        var pairs = new List<string>();
        foreach (var (first, last) in _ranges)
        {
            // Halves of pairs are no characters of their own.
            if (first < FirstAstral)
            {
                AddUnits(first, Math.Min(last, 0xD7FF));
                AddUnits(Math.Max(first, 0xE000), Math.Min(last, 0xFFFF));
            }

            if (last >= FirstAstral)
                AddPairs(Math.Max(first, FirstAstral), last);
        }

        if (units.Length > 0)
            parts.Add($"[{units}]");
        parts.AddRange(pairs);
        return parts.Count switch
        {
            0 => "[^\\u0000-\\uFFFF]",
            1 when pairs.Count == 0 => parts[0],
            _ => $"(?:{string.Join('|', parts)})",
        };

        void AddUnits(int from, int to)
        {
            if (from > to)
                return;
            units.Append(Unit(from));
            if (to > from)
                units.Append('-').Append(Unit(to));
        }

        void AddPairs(int from, int to)
        {
            var (firstHigh, firstLow) = Surrogates(from);
            var (lastHigh, lastLow) = Surrogates(to);
            if (firstHigh == lastHigh)
            {
                pairs.Add($"{Unit(firstHigh)}[{Unit(firstLow)}-{Unit(lastLow)}]");
                return;
            }

            if (firstLow > 0xDC00)
                pairs.Add($"{Unit(firstHigh++)}[{Unit(firstLow)}-{Unit(0xDFFF)}]");
            if (lastLow < 0xDFFF)
                pairs.Add($"{Unit(lastHigh--)}[{Unit(0xDC00)}-{Unit(lastLow)}]");
            if (firstHigh <= lastHigh)
                pairs.Add($"[{Unit(firstHigh)}-{Unit(lastHigh)}][{Unit(0xDC00)}-{Unit(0xDFFF)}]");
        }
    }

    private static (int High, int Low) Surrogates(int code) => (0xD800 + ((code - FirstAstral) >> 10), 0xDC00 + ((code - FirstAstral) & 0x3FF));

    private static string Unit(int unit) => $"\\u{unit:X4}";
}
