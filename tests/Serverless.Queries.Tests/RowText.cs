using System.Globalization;

namespace Serverless.Queries.Tests;

/// <summary>Rows as text that is the same for the same values, whoever made it.</summary>
internal static class RowText
{
    public static string Of(object? value, Kind kind) => value is null ? "NULL" : Normalize(value switch
    {
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    }, kind);

    public static string Normalize(string text, Kind kind) => kind switch
    {
        Kind.Decimal or Kind.Timestamp => text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') is "-0" ? "0" : text.TrimEnd('0').TrimEnd('.') : text,
        Kind.Double => (double.Parse(text, CultureInfo.InvariantCulture) + 0.0).ToString("R", CultureInfo.InvariantCulture),
        Kind.Boolean => text.ToUpperInvariant(),
        _ => text,
    };

    /// <summary>What differs between two tables; null if nothing does.</summary>
    public static string? Difference(List<string> expected, List<string> actual, List<string> failures) => expected.SequenceEqual(actual) && failures.Count == 0
        ? null
        : $"""
          ---- only expected
          {string.Join('\n', Less(expected, actual))}
          ---- only got
          {string.Join('\n', Less(actual, expected))}
          ---- failures
          {string.Join('\n', failures)}
          ---- expected, by DuckDB
          {string.Join('\n', expected)}
          ---- got
          {string.Join('\n', actual)}
          """;

    private static IEnumerable<string> Less(IEnumerable<string> from, IEnumerable<string> less)
    {
        var counts = less.GroupBy(l => l).ToDictionary(l => l.Key, l => l.Count());
        foreach (var line in from)
        {
            if (counts.GetValueOrDefault(line) is var count and > 0)
                counts[line] = count - 1;
            else
                yield return line;
        }
    }
}
