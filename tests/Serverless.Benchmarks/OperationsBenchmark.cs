using System.Globalization;
using System.Text;
using System.Text.Json;
using Serverless.Connectors;
using Serverless.Durable;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Spectre.Console;

namespace Serverless.Benchmarks;

/// <summary>
/// What the operations of entities cost that a batch comes to, with the real serializer, where there are a thousand keys and where there are a million. Both batches
/// touch as many; how many there are beside those is all that differs. And how large messages and states become, beside what host.json allows.
/// </summary>
internal static class OperationsBenchmark
{
    private const int Touched = 640;
    private const int BatchSize = 10_000;
    private const int WarmUps = 10;
    private const int Rounds = 40;

    private const string Sources = """
        CREATE TABLE s (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE r (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 'u', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
        """;

    private static readonly (string Name, string Sql)[] _jobs =
    [
        ("groups", "INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k;"),
        ("rows of a join's side", "INSERT INTO o SELECT s.k, SUM(s.v) FROM s JOIN r ON s.k = r.k GROUP BY s.k;"),
    ];

    /// <summary>Runs it; 1 if a message, or a state with a batch of operations, is too large.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (operations, bytes) = Limits();
        var table = new Table().AddColumns("", "keys", "entities", "operations a batch", "µs an operation", "times", "keys read a batch", "largest message", "largest state", $"state and {operations} messages");
        var isRight = true;
        foreach (var (name, sql) in _jobs)
        {
            var before = new Dictionary<EntityKind, double>();
            foreach (var keys in (int[])[1_000, 1_000_000])
            {
                var world = new OperationsWorld(JobOf(sql));
                await FillAsync(world, keys, cancellationToken);
                for (var round = 0; round < WarmUps; round++)
                    await TouchAsync(world, keys, round, cancellationToken);
                world.Reset();
                for (var round = 0; round < Rounds; round++)
                    await TouchAsync(world, keys, WarmUps + round, cancellationToken);
                foreach (var (kind, cost) in world.Costs)
                {
                    var each = cost.Time.TotalMicroseconds / cost.Count;
                    var times = before.TryGetValue(kind, out var few) ? each / few : 1;
                    before[kind] = each;
                    var largest = cost.LargestState + (operations * (long)world.LargestMessage);
                    isRight &= world.LargestMessage <= MessageLimits.MostEncoded && largest < bytes;
                    table.AddRow(
                        name, Number(keys), kind == EntityKind.Output ? "outputs" : "cells", Number((double)cost.Count / Rounds), Number(each), times.ToString("F1", CultureInfo.InvariantCulture), Number((double)world.KeysRead / Rounds),
                        $"{Number(world.LargestMessage / 1024.0)} KB", $"{Number(cost.LargestState / 1024.0)} KB", $"{Number(largest / 1048576.0)} of {bytes >> 20} MB");
                }
            }
        }
        AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
        Console.WriteLine($"batches of {Touched} records, each of another key, a second apart, {Rounds} of them; the largest of all, while batches of {Number(BatchSize)} filled the state, too; keys are read from memory");
        return isRight ? 0 : 1;
    }

    private static async Task FillAsync(OperationsWorld world, int keys, CancellationToken cancellationToken)
    {
        for (var first = 0; first < keys; first += BatchSize)
        {
            await world.IngestAsync(0, Enumerable.Range(first, Math.Min(BatchSize, keys - first)), cancellationToken);
            await world.RunAsync(TimeSpan.FromSeconds(1), cancellationToken);
        }
        await world.RunAsync(TimeSpan.FromMinutes(3), cancellationToken);
    }

    private static async Task TouchAsync(OperationsWorld world, int keys, int round, CancellationToken cancellationToken)
    {
        var (random, touched) = (new Random(round), new HashSet<int>());
        while (touched.Count < Touched)
            touched.Add(random.Next(keys));
        await world.IngestAsync(world.Sources - 1, touched, cancellationToken);
        await world.RunAsync(TimeSpan.FromSeconds(1), cancellationToken);
    }

    private static DurableJob JobOf(string sql)
    {
        var script = ScriptCompiler.Compile(new SourceText("operations.sql", Sources + sql), new ConnectorCatalog());
        if (script.HasErrors)
            throw new InvalidOperationException(string.Join('\n', script.Diagnostics));
        return new DurableJob(script.Jobs[0], new Generation("g", "", OperationsWorld.Start)) { HotBytes = DurableJob.DefaultHotBytes };
    }

    private static (int Operations, int Bytes) Limits()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var durable = json.RootElement.GetProperty("extensions").GetProperty("durableTask");
        return (durable.GetProperty("maxEntityOperationBatchSize").GetInt32(), durable.GetProperty("maxGrpcMessageSizeInBytes").GetInt32());
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
