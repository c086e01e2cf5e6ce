using System.Globalization;
using Spectre.Console;

namespace Serverless.Benchmarks;

/// <summary>
/// What a group costs where there are few and where there are many. Every record of a batch is of another group, and so makes a row; how many
/// groups there are beside those is all that differs.
/// </summary>
internal static class GroupsBenchmark
{
    private const int Rounds = 5;
    private const int WarmUps = 2;
    private const int Events = 200_000;

    public static int Run()
    {
        int[] sizes = [1_000, 101_000, 201_000];
        var timers = sizes.Select(s => EngineTimer.Groups(s, Events)).ToList();
        var rounds = sizes.Select(_ => new List<double[]>()).ToList();
        for (var round = 0; round < WarmUps + Rounds; round++)
            for (var i = 0; i < sizes.Length; i++)
            {
                var result = timers[i].Time();
                if (round >= WarmUps)
                    rounds[i].Add(result);
            }

        var table = new Table().AddColumns("groups", "records/s", "ns a record", "bytes allocated a record", "bytes of state a group");
        for (var i = 0; i < sizes.Length; i++)
            table.AddRow(Rounded(sizes[i]), Rounded(Median(rounds[i], 0)), Rounded(1e9 / Median(rounds[i], 0)), Rounded(Median(rounds[i], 2)), Rounded(Median(rounds[i], 3) / sizes[i]));
        AnsiConsole.Write(table);
        Console.WriteLine($"median of {Rounds} rounds, {Rounded(Events)} records in batches of a thousand, each of another group, whose row is written before the next batch");
        return 0;
    }

    private static string Rounded(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double[]> rounds, int value)
    {
        var sorted = rounds.Select(r => r[value]).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
