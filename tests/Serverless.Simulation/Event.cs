using System.Globalization;
using System.Text;

namespace Serverless.Simulation;

/// <summary>One event: where it stands, and its fields, any of which may be NULL.</summary>
internal sealed record Event(int Partition, long Offset, long Timestamp, string? K, long? G, long? N, decimal? X, string? V, DateTime? T)
{
    public static Event Random(Random random, int partition, long offset) => new(
        partition,
        offset,
        random.Next(50),
        Maybe(random, 40) ? null : $"k{random.Next(2)}",
        Maybe(random, 40) ? null : random.Next(2),
        Maybe(random, 10) ? null : random.Next(-5, 8),
        Maybe(random, 10) ? null : random.Next(-300, 500) / (decimal)Math.Pow(10, random.Next(3)),
        Maybe(random, 10) ? null : $"v{random.Next(7)}",
        Maybe(random, 12) ? null : new DateTime(2021, 12, random.Next(1, 3), random.Next(9, 11), random.Next(3) * 29, random.Next(60)));

    /// <summary>Events that touch every group and pass every filter.</summary>
    public static IEnumerable<Event> Keepers(Random random) =>
        from k in Enumerable.Range(0, 2)
        from g in Enumerable.Range(0, 2)
        select Random(random, 0, 0) with { K = $"k{k}", G = g, N = 7, V = "v0" };

    public byte[] ToJson() => Encoding.UTF8.GetBytes(
        $$"""{"k":{{Text(K)}},"g":{{Text(G)}},"n":{{Text(N)}},"x":{{Text(X)}},"v":{{Text(V)}},"t":{{Text(T?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))}}}""");

    private static bool Maybe(Random random, int oneIn) => random.Next(oneIn) == 0;

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
