using System.Diagnostics;
using System.Text.Json;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Serverless.Testing;

namespace Serverless.Benchmarks;

/// <summary>A job's records in memory, and the time that an engine takes for them.</summary>
internal sealed class EngineTimer
{
    /// <summary>The number of records of a batch.</summary>
    public const int BatchSize = 10_000;

    private readonly CompiledJob _compiled;

    private EngineTimer(string name, IEnumerable<byte[]> events, string key, int batchSize)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "jobs", name + ".sql");
        var script = ScriptCompiler.Compile(new SourceText(path, File.ReadAllText(path)), new ConnectorCatalog());
        _compiled = new CompiledJob(script.Jobs.Single());
        Batches = Records(events, key, batchSize);
    }

    /// <summary>The records.</summary>
    public List<Record[]> Batches { get; }

    /// <summary>Makes the job <c>recharge</c>.</summary>
    public static EngineTimer Recharge(int count) => new("recharge", GeneratedEvents.Recharge(count, 1000), "appkey", BatchSize);

    /// <summary>Makes the job <c>pvuv</c>.</summary>
    public static EngineTimer PvUv(int count) => new("pvuv", GeneratedEvents.Track(count, count / 5), "client_ip", BatchSize);

    /// <summary>Makes the job <c>recharge</c> with so many groups, a thousand of which are in each batch, once each.</summary>
    public static EngineTimer Groups(int groups, int count) =>
        new("recharge", Enumerable.Range(0, count).Select(i => GeneratedEvents.Recharge(i % groups)), "appkey", 1000);

    /// <summary>Returns the events a second, the rows made, the bytes allocated for an event, and those that are left for a row.</summary>
    public double[] Time()
    {
        var run = new EngineRun(_compiled);
        GC.Collect();
        var (left, bytes) = (GC.GetTotalMemory(true), GC.GetAllocatedBytesForCurrentThread());
        var watch = Stopwatch.StartNew();
        foreach (var batch in Batches)
            run.Process(batch);
        var elapsed = watch.Elapsed.TotalSeconds;
        var count = Batches.Sum(b => b.Length);
        return [count / elapsed, run.Rows, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)count, (GC.GetTotalMemory(true) - left) / (double)run.Rows];
    }

    /// <summary>Returns <see cref="Time"/> of a job, for an engine of another version that is loaded beside this one.</summary>
    public static Func<double[]> Of(string job, int count) => (job == "recharge" ? Recharge(count) : PvUv(count)).Time;

    /// <summary>Records as a producer that keys by <paramref name="key"/> spreads them over four partitions.</summary>
    private static List<Record[]> Records(IEnumerable<byte[]> events, string key, int batchSize)
    {
        var next = new long[4];
        return [.. events.Select(value =>
        {
            using var json = JsonDocument.Parse(value);
            var partition = json.RootElement.GetProperty(key).GetString()!.Aggregate(17, (hash, c) => (hash * 31) + c) & 3;
            return new Record(partition, next[partition]++, 0, value);
        }).Chunk(batchSize)];
    }
}
