using System.Text;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;

namespace Serverless.Durable.Tests;

/// <summary>Jobs and records for tests.</summary>
internal static class Jobs
{
    /// <summary>One entity a group.</summary>
    public const string NoCells = "SET 'state.cells' = 'none';";

    public static DurableJob Recharge(string settings = "") => Load("recharge.sql", settings);

    public static DurableJob PvUv(string settings = "") => Load("pvuv.sql", settings);

    public static DurableJob Make(string sql, string name = "test")
    {
        var job = Compile(sql, name);
        return new DurableJob(job, new Generation("g1", DurableJob.Fingerprint(job), EntityWorld.Start) { Form = FormOf(job), Starts = "" });
    }

    /// <summary>A job whose cells hold that many bytes of groups before cold ones leave them.</summary>
    public static DurableJob Chilled(DurableJob job, int hotBytes = 0, HubLimits? hub = null) => new(job.Job, job.Generation, hub: hub) { HotBytes = hotBytes };

    public static OutputForm FormOf(Job job) => OutputForm.Of(job, job.Sink.Options.TryGet(out var table, "tablename", "tableName") ? table.Value : "", "");

    public static Job Compile(string sql, string name = "test")
    {
        var script = ScriptCompiler.Compile(new SourceText($"{name}.sql", sql), new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        return Assert.Single(script.Jobs);
    }

    /// <summary>A script that counts and sums by a key.</summary>
    public static string Totals(string settings = "", string select = "k, COUNT(*), SUM(v)", string sink = "k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED") => $"""
        {settings}
        CREATE TABLE s (k STRING, v BIGINT, w STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o ({sink}) WITH ('connector' = 'hologres', 'endpoint' = 'h:80', 'dbname' = 'd', 'tablename' = 'o', 'username' = 'u', 'password' = '${"{P}"}');
        INSERT INTO o SELECT {select} FROM s GROUP BY k;
        """;

    /// <summary>Values as records of some partitions, in turn or by a key, each with the next offset of its partition.</summary>
    public static List<Record> Records(IEnumerable<byte[]> values, int partitions = 3)
    {
        var next = new long[partitions];
        return [.. values.Select((value, i) => new Record(i % partitions, next[i % partitions]++, 1_000 + i, value))];
    }

    public static List<Record> Records(params IEnumerable<string> values) => Records(values.Select(Encoding.UTF8.GetBytes), 1);

    private static DurableJob Load(string name, string settings) => Make(settings + File.ReadAllText(Repository.Job(name)), Path.GetFileNameWithoutExtension(name));
}
