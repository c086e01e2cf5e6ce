using System.Text;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Upper and lower case by Unicode's full mappings, as Java has them: one character may become several, and a sigma at a word's end has a form of its own.</summary>
internal static class LetterCase
{
    private static readonly Dictionary<char, string> Longer = new()
    {
        ['ß'] = "SS", ['ŉ'] = "ʼN", ['ǰ'] = "J̌", ['ΐ'] = "Ϊ́", ['ΰ'] = "Ϋ́", ['և'] = "ԵՒ", ['ẖ'] = "H̱", ['ẗ'] = "T̈", ['ẘ'] = "W̊", ['ẙ'] = "Y̊", ['ẚ'] = "Aʾ",
        ['ﬀ'] = "FF", ['ﬁ'] = "FI", ['ﬂ'] = "FL", ['ﬃ'] = "FFI", ['ﬄ'] = "FFL", ['ﬅ'] = "ST", ['ﬆ'] = "ST",
        ['ﬓ'] = "ՄՆ", ['ﬔ'] = "ՄԵ", ['ﬕ'] = "ՄԻ", ['ﬖ'] = "ՎՆ", ['ﬗ'] = "ՄԽ",
    };

    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        var at = 0;
        while (at < text.Length && !Longer.ContainsKey(text[at]))
            at++;
        if (at == text.Length)
            return upper;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
            if (Longer.TryGetValue(text[i], out var longer))
                result.Append(longer);
            else
                result.Append(upper[i]);
        return result.ToString();
    }

    public static string Lower(string text)
    {
        var lower = text.ToLowerInvariant();
        if (!text.AsSpan().ContainsAny('Σ', 'İ'))
            return lower;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
            result.Append(text[i] switch
            {
                'Σ' when IsLetter(text, i, -1) && !IsLetter(text, i, 1) => "ς",
                'İ' => "i̇",
                _ => lower[i].ToString(),
            });
        return result.ToString();
    }

    // Whether the next character before or behind that is no mark is a letter.
    private static bool IsLetter(string text, int at, int step)
    {
        for (at += step; at >= 0 && at < text.Length; at += step)
            if (!char.IsPunctuation(text[at]) || text[at] is not ('\'' or '.' or ':' or '’' or '·'))
                return char.IsLetter(text[at]);
        return false;
    }
}
