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
    private readonly int _untimed; // the batches that make the groups
    private readonly bool _isWritten; // whether a sink takes each batch's rows

    private EngineTimer(string name, IEnumerable<byte[]> events, string key, int batchSize, int untimed = 0)
    {
        (_untimed, _isWritten) = (untimed, untimed > 0);
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

    /// <summary>Makes the job <c>recharge</c> with so many groups, a thousand of which are in each batch, once each. The batches that make the groups are not timed.</summary>
    public static EngineTimer Groups(int groups, int count) =>
        new("recharge", Enumerable.Range(0, groups + count).Select(i => GeneratedEvents.Recharge(i % groups)), "appkey", 1000, groups / 1000);

    /// <summary>Returns the events a second, the rows that wait for a sink, the bytes allocated for an event, and the bytes of the state.</summary>
    public double[] Time()
    {
        var run = new EngineRun(_compiled);
        var before = GC.GetTotalMemory(true);
        Process(run, 0, _untimed);
        GC.Collect();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var count = Process(run, _untimed, Batches.Count);
        var elapsed = watch.Elapsed.TotalSeconds;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return [count / elapsed, run.Rows, bytes / (double)count, GC.GetTotalMemory(true) - before];
    }

    private int Process(EngineRun run, int from, int to)
    {
        var count = 0;
        for (var i = from; i < to; i++)
        {
            run.Process(Batches[i]);
            if (_isWritten)
                run.Take();
            count += Batches[i].Length;
        }

        return count;
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
