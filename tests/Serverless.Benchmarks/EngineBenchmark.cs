using System.Diagnostics;
using System.Globalization;
using Serverless.Engine.Ingest;
using Spectre.Console;

namespace Serverless.Benchmarks;

/// <summary>
/// Events per second of the engine, records in memory and one core, beside two ways to write the same aggregation by hand: plainly (the serializer and
/// a dictionary), and with every trick short of giving up exactness. All three take turns, so that a noisy machine hits them alike; the ratio
/// is the median over the rounds.
/// </summary>
internal static class EngineBenchmark
{
    private const int Rounds = 9;
    private const int WarmUps = 6; // until the JIT has done with all three

    public static int Run(int count)
    {
        var table = new Table().AddColumns("job", "engine", "plain", "tuned", "engine/plain", "engine/tuned");
        Measure(table, "recharge", EngineTimer.Recharge(count), () => new PlainRecharge(), () => new TunedRecharge());
        Measure(table, "pvuv", EngineTimer.PvUv(count), () => new PlainPvUv(), () => new TunedPvUv());
        AnsiConsole.Write(table);
        Console.WriteLine($"events/s, median of {Rounds} rounds, {count.ToString("N0", CultureInfo.InvariantCulture)} events in batches of {EngineTimer.BatchSize.ToString("N0", CultureInfo.InvariantCulture)}");
        return 0;
    }

    private static void Measure(Table table, string name, EngineTimer timer, Func<IHandWritten> plain, Func<IHandWritten> tuned)
    {
        var rounds = new List<(double Engine, double Plain, double Tuned)>();
        for (var round = 0; round < WarmUps + Rounds; round++)
        {
            var (engine, rows) = timer.Time() is var time ? (time[0], (int)time[1]) : default;
            var (byPlain, plainRows) = Time(plain, timer.Batches);
            var (byTuned, tunedRows) = Time(tuned, timer.Batches);
            if (rows != plainRows || rows != tunedRows)
                throw new InvalidOperationException($"{name}: the three do not make the same number of rows: {rows}, {plainRows}, {tunedRows}");
            if (round >= WarmUps)
                rounds.Add((engine, byPlain, byTuned));
        }

        table.AddRow(
            name, Rate(rounds.Select(r => r.Engine)), Rate(rounds.Select(r => r.Plain)), Rate(rounds.Select(r => r.Tuned)),
            Ratio(rounds.Select(r => r.Engine / r.Plain)), Ratio(rounds.Select(r => r.Engine / r.Tuned)));
    }

    private static (double Rate, int Rows) Time(Func<IHandWritten> make, List<Record[]> batches)
    {
        var run = make();
        GC.Collect();
        var watch = Stopwatch.StartNew();
        foreach (var batch in batches)
            run.Process(batch);
        return (batches.Sum(b => b.Length) / watch.Elapsed.TotalSeconds, run.Rows);
    }

    private static string Rate(IEnumerable<double> rates) => Median(rates).ToString("N0", CultureInfo.InvariantCulture);

    private static string Ratio(IEnumerable<double> ratios) => Median(ratios).ToString("0.00", CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

/// <summary>An aggregation that is fed batch by batch and keeps the rows to write.</summary>
internal interface IHandWritten
{
    /// <summary>The distinct rows made so far.</summary>
    int Rows { get; }

    void Process(Record[] batch);
}
