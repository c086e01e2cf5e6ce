namespace Serverless.Engine.Sql;

/// <summary>Finds what a misspelt word was meant to be.</summary>
public static class Spelling
{
    private const int Most = 12;

    /// <summary>The known word nearest to one that is not known, in any letter case; null if none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        // A third of the letters may be wrong; the first of equally near words wins.
        var best = (word.Length / 3) + 1;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - word.Length) >= best)
                continue;
            var distance = Distance(word, candidate);
            if (distance < best)
                (nearest, best) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>What to say behind «unknown …»: the known word that was meant, or else those that there are.</summary>
    public static string Suggestion(string word, IEnumerable<string> known)
    {
        var all = known.Distinct().ToList();
        return Nearest(word, all) is { } near ? $"; did you mean '{near}'?" : Listed(all);
    }

    private static string Listed(List<string> all) => all.Count switch
    {
        0 => "",
        1 => $"; there is {all[0]}",
        <= Most => $"; there are {string.Join(", ", all)}",
        _ => $"; there are {string.Join(", ", all.Take(Most))} and {all.Count - Most} more",
    };

    // Damerau-Levenshtein (optimal string alignment): insertions, deletions, substitutions and swaps of neighbours.
    private static int Distance(string a, string b)
    {
        var (beforeLast, last, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
