using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Serverless.Testing;
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
    private const int BatchSize = 10_000;

    public static int Run(int count)
    {
        var table = new Table().AddColumns("job", "engine", "plain", "tuned", "engine/plain", "engine/tuned");
        Measure(table, "recharge", Records(GeneratedEvents.Recharge(count, 1000), "appkey"), () => new PlainRecharge(), () => new TunedRecharge());
        Measure(table, "pvuv", Records(GeneratedEvents.Track(count, count / 5), "client_ip"), () => new PlainPvUv(), () => new TunedPvUv());
        AnsiConsole.Write(table);
        Console.WriteLine($"events/s, median of {Rounds} rounds, {count.ToString("N0", CultureInfo.InvariantCulture)} events in batches of {BatchSize.ToString("N0", CultureInfo.InvariantCulture)}");
        return 0;
    }

    /// <summary>Records as a producer that keys by <paramref name="key"/> spreads them over four partitions.</summary>
    private static List<Record[]> Records(IEnumerable<byte[]> events, string key)
    {
        var next = new long[4];
        return [.. events.Select(value =>
        {
            using var json = JsonDocument.Parse(value);
            var partition = json.RootElement.GetProperty(key).GetString()!.Aggregate(17, (hash, c) => (hash * 31) + c) & 3;
            return new Record(partition, next[partition]++, 0, value);
        }).Chunk(BatchSize)];
    }

    private static void Measure(Table table, string name, List<Record[]> batches, Func<IHandWritten> plain, Func<IHandWritten> tuned)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "jobs", name + ".sql");
        var script = ScriptCompiler.Compile(new SourceText(path, File.ReadAllText(path)), new ConnectorCatalog());
        var compiled = new CompiledJob(script.Jobs.Single());
        var rounds = new List<(double Engine, double Plain, double Tuned)>();
        for (var round = 0; round < WarmUps + Rounds; round++)
        {
            var (engine, rows) = Time(() => new EngineRun(compiled), batches);
            var (byPlain, plainRows) = Time(plain, batches);
            var (byTuned, tunedRows) = Time(tuned, batches);
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
