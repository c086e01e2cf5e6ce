using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;
using Serverless.App.Entities;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.App.Telemetry;
using Serverless.App.Triggers;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.App.Tests;

/// <summary>The app's parts around one job, with the worker's own serializer; its sink and its letter box are in memory.</summary>
internal sealed class TestApp
{
    public const string Sum = """
        CREATE TABLE s (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
        INSERT INTO o SELECT k, COUNT(*), SUM(v) FROM s GROUP BY k;
        """;

    public const string Visitors = """
        CREATE TABLE s (k STRING, w STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
        INSERT INTO o SELECT k, COUNT(DISTINCT w) FROM s GROUP BY k;
        """;

    public TestApp(string sql = Sum)
    {
        var script = ScriptCompiler.Compile(new SourceText("test.sql", sql), new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton<JobMetrics>();
        services.AddFunctionsWorkerCore();
        services.Configure<JsonSerializerOptions>(MessageJson.Configure);
        Services = services.BuildServiceProvider();
        Metrics = ActivatorUtilities.CreateInstance<DurableMetrics>(Services);
        Job = Make(Assert.Single(script.Jobs), "g0");
        Generations.All["test"] = Job.Job.Generation;
        Catalog.Set([Job]);
        Watch = new GenerationWatch(Generations, Clock);
        Entities = new EntityDispatcher(Catalog, Watch, new OrphanedOperations(Watch, Clock, LoggerOf<OrphanedOperations>()), Metrics, Warnings, Clock, LoggerOf<EntityDispatcher>());
        Ingestion = new Ingestion(Catalog, Watch, Metrics, Warnings, Lifetime.Object, Clock, LoggerOf<Ingestion>());
    }

    public AppJob Job { get; }

    public JobCatalog Catalog { get; } = new();

    public FakeGenerations Generations { get; } = new();

    public GenerationWatch Watch { get; }

    public FakeSink Sink { get; } = new();

    public FakeLetters Letters { get; } = new();

    public ManualClock Clock { get; } = new(FakeGenerations.Born);

    public Mock<IHostApplicationLifetime> Lifetime { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public IServiceProvider Services { get; }

    public DurableMetrics Metrics { get; }

    public RepeatedWarnings Warnings { get; } = new();

    public EntityDispatcher Entities { get; }

    public Ingestion Ingestion { get; }

    /// <summary>What the worker writes states and messages with.</summary>
    public ObjectSerializer Serializer => Services.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer!;

    public AppJob Make(Job job, string generation) => new(
        new DurableJob(job, new Generation(generation, DurableJob.Fingerprint(job), FakeGenerations.Born)),
        [.. job.Sources.Select((s, i) => new AppSource(i == 0 ? $"ingest-{job.Name}" : $"ingest-{job.Name}-{s.Name}", new KafkaTrigger(i == 0 ? "t" : s.Name, "serverless", null, new Dictionary<string, string>()), $"serverless-{generation}")
        {
            Schemas = new ConnectorFactory(_ => null, NullLoggerFactory.Instance).SchemasOf(s),
        })],
        null,
        new DeadLetterLog(Letters, new DeadLetterReport(job.Name, Letters.Place, Metrics.Jobs, Clock, LoggerOf<DeadLetterReport>())),
        new SinkPool(() => Sink),
        Clock,
        metrics: Metrics.Jobs);

    private ILogger<T> LoggerOf<T>() => new LoggerFactory([Logs]).CreateLogger<T>();
}
