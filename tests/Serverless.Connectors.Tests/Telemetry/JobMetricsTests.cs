using System.Text;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests.Telemetry;

public sealed class JobMetricsTests : IDisposable
{
    private readonly Measurements _measurements = new();
    private readonly JobMetrics _metrics;

    public JobMetricsTests() => _metrics = new JobMetrics(_measurements);

    public void Dispose() => _measurements.Dispose();

    [Fact]
    public void A_batch_is_counted_by_records_events_and_slices()
    {
        const string Script = """
            CREATE TABLE s (k STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO o SELECT k, COUNT(*) FROM s WHERE k <> 'none' GROUP BY k;
            """;
        var job = Assert.Single(ScriptCompiler.Compile(new SourceText("test.sql", Script), new ConnectorCatalog()).Jobs);
        (int Partition, string? Json)[] records = [(0, """{"k":"a"}"""), (0, """{"k":"b"}"""), (0, """{"k":"a"}"""), (0, null), (1, """{"k":"a"}"""), (1, """{"k":"none"}""")];
        _metrics.Ingested("j", new Ingestor(new CompiledJob(job), "t").Process([.. records.Select((r, i) => new Record(r.Partition, i, 0, r.Json is null ? null : Encoding.UTF8.GetBytes(r.Json)))]));

        Assert.Equal([(6, "job=j")], _measurements.Of("serverless.records"));
        Assert.Equal([(4, "job=j")], _measurements.Of("serverless.events"));
        Assert.Equal([(1, "job=j")], _measurements.Of("serverless.skipped"));
        Assert.Equal([(3, "job=j")], _measurements.Of("serverless.slices"));
    }

    [Fact]
    public void A_visit_that_the_sink_ends_is_a_failed_write()
    {
        _metrics.Wrote("j", 5, TimeSpan.FromSeconds(0.25), isFailure: false);
        _metrics.Wrote("j", 0, TimeSpan.FromSeconds(2), isFailure: true);

        Assert.Equal(5, _measurements.Sum("serverless.rows"));
        Assert.Equal([(0.25, "job=j"), (2, "job=j")], _measurements.Of("serverless.flush"));
        Assert.Equal([(1, "job=j")], _measurements.Of("serverless.failed_writes"));
    }

    [Fact]
    public void The_delay_is_never_negative()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(10_000);
        _metrics.Acknowledged("j", 8_500, now);
        _metrics.Acknowledged("j", 10_001, now);
        Assert.Equal([(1.5, "job=j"), (0, "job=j")], _measurements.Of("serverless.delay"));
    }

    [Fact]
    public void Lag_is_told_by_partition_and_in_all_until_it_is_not_known_any_more()
    {
        Assert.True(_metrics.IsLagWanted);
        _metrics.IsBehind("j", [new(0, 3), new(1, 4)]);
        Assert.Equal([(7, "job=j")], _measurements.Observe("serverless.lag"));
        Assert.Equal([(3, "job=j partition=0"), (4, "job=j partition=1")], _measurements.Observe("serverless.partition.lag"));

        _metrics.IsBehind("j", null);
        Assert.Empty(_measurements.Observe("serverless.lag"));
        Assert.Empty(_measurements.Observe("serverless.partition.lag"));
    }

    [Fact]
    public void Groups_are_told_as_they_are_now()
    {
        _metrics.Keeps("j", 3);
        _metrics.Keeps("j", 2);
        Assert.Equal([(2, "job=j")], _measurements.Observe("serverless.groups"));
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_wanted()
    {
        var metrics = new JobMetrics(new Silent());
        Assert.False(metrics.IsLagWanted || metrics.IsDelayWanted);
    }

    private sealed class Silent : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose() { }
    }
}
