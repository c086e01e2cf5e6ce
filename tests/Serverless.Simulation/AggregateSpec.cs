using System.Globalization;

namespace Serverless.Simulation;

/// <summary>A random aggregate, with a naive computation of its value as text.</summary>
internal sealed record AggregateSpec(string Function, string? Argument, bool IsDistinct, int? FilterLeast)
{
    public string Type => (Function, Argument) switch
    {
        ("COUNT", _) => "BIGINT",
        (_, "x") => "DOUBLE",
        (_, "n") => "BIGINT",
        _ => "STRING",
    };

    public static AggregateSpec Random(Random random)
    {
        var filter = random.Next(4) == 0 ? random.Next(-3, 4) : (int?)null;
        return random.Next(8) switch
        {
            0 => new("COUNT", null, false, filter),
            1 => new("COUNT", "v", random.Next(3) > 0, filter),
            2 => new("SUM", random.Next(2) == 0 ? "n" : "x", false, filter),
            3 => new("SUM", "n", true, filter),
            4 => new("AVG", random.Next(2) == 0 ? "n" : "x", false, filter),
            5 => new(random.Next(2) == 0 ? "MIN" : "MAX", Any(random), false, filter),
            _ => new(random.Next(2) == 0 ? "FIRST_VALUE" : "LAST_VALUE", Any(random), false, filter),
        };
    }

    public string ToSql() =>
        $"{Function}({(IsDistinct ? "DISTINCT " : "")}{Argument ?? "*"}){(FilterLeast is { } least ? $" FILTER (WHERE n > {least})" : "")}";

    public string Of(IReadOnlyList<Event> events)
    {
        var chosen = events.Where(e => FilterLeast is not { } least || e.N > least).Where(e => Argument is null || Value(e) is not null).ToList();
        var values = chosen.Select(Value);
        if (IsDistinct)
            values = values.Distinct();
        if (Function == "COUNT")
            return Text((long)values.Count());
        if (chosen.Count == 0)
            return "NULL";
        return Function switch
        {
            "SUM" when Argument == "n" => Text(values.Sum(v => (long)v!)),
            "SUM" => Text((double)values.Sum(v => (decimal)v!)),
            "AVG" when Argument == "n" => Text(values.Sum(v => (long)v!) / values.Count()),
            "AVG" => Text((double)values.Sum(v => (decimal)v!) / values.Count()),
            "MIN" => Text(Shown(values.Min(Comparer)!)),
            "MAX" => Text(Shown(values.Max(Comparer)!)),
            "FIRST_VALUE" => Text(Shown(Edge(chosen, false))),
            _ => Text(Shown(Edge(chosen, true))),
        };
    }

    private static Comparer<object?> Comparer => Comparer<object?>.Create((a, b) => a is string text ? string.CompareOrdinal(text, (string?)b) : Comparer<object?>.Default.Compare(a, b));

    private static string Any(Random random) => random.Next(3) switch { 0 => "n", 1 => "x", _ => "v" };

    /// <summary>By offset within a partition, then by the timestamps of those records, then by partition.</summary>
    private object Edge(List<Event> chosen, bool isLast)
    {
        var edges = chosen.GroupBy(e => e.Partition).Select(g => isLast ? g.MaxBy(e => e.Offset)! : g.MinBy(e => e.Offset)!);
        var ordered = edges.OrderBy(e => e.Timestamp).ThenBy(e => e.Partition).ToList();
        return Value(isLast ? ordered[^1] : ordered[0])!;
    }

    private static object Shown(object value) => value is decimal number ? (double)number : value;

    private object? Value(Event e) => Argument switch { "n" => e.N, "x" => e.X, "v" => e.V, _ => 1L };

    // A decimal's zero may have a sign, and a sum has none.
    private static string Text(object value) => Convert.ToString(value is 0.0 ? 0.0 : value, CultureInfo.InvariantCulture)!;
}
