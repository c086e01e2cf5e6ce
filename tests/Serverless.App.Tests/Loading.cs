using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.App.Triggers;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Sql;

namespace Serverless.App.Tests;

/// <summary>Scripts as the app loads them at its start, with a broker and databases that are not there unless a test says so.</summary>
internal sealed class Loading
{
    public static readonly Dictionary<string, string?> Settings = new()
    {
        ["KAFKA_BROKERS"] = "127.0.0.1:1", ["KAFKA_SECURITY_PROTOCOL"] = "PLAINTEXT", ["KAFKA_USERNAME"] = "the-user", ["KAFKA_PASSWORD"] = "s3cret-kafka",
        ["HOLOGRES_ENDPOINT"] = "127.0.0.1:1", ["HOLOGRES_DATABASE"] = "d", ["HOLOGRES_USERNAME"] = "u", ["HOLOGRES_PASSWORD"] = "s3cret-holo",
        ["RDS_ENDPOINT"] = "127.0.0.1:1", ["RDS_DATABASE"] = "d", ["RDS_USERNAME"] = "u", ["RDS_PASSWORD"] = "s3cret-rds",
    };

    public JobCatalog Catalog { get; } = new();

    public FakeGenerations Generations { get; } = new();

    public RecordedLogs Logs { get; } = new();

    /// <summary>What the host shows before the worker talks to it.</summary>
    public StringWriter Console { get; } = new();

    public JobMetrics Metrics { get; init; } = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    /// <summary>Where a group that has read nothing stands in the topic; null asks the brokers.</summary>
    public IReadOnlyList<GroupPosition>? Positions { get; set; } = [];

    /// <summary>How long brokers may take to tell of a topic; null for as long as the app lets them. Where there are none, no time brings an answer.</summary>
    public TimeSpan? TopicPatience { get; init; } = TimeSpan.FromMilliseconds(50);

    public async Task LoadAsync(IEnumerable<(string Name, string Sql)> scripts, params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>(Settings);
        foreach (var (name, value) in settings)
            all[name] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var host = HostSettings.Load(Path.Combine(Repository.Root, "host.json"), configuration);
        using var loggers = new LoggerFactory([Logs]);
        var loader = new JobLoader(Catalog, Generations, host, new AppSettings(configuration), Metrics, TimeProvider.System, loggers, topicPatience: TopicPatience)
        {
            Console = TextWriter.Synchronized(Console),
            AskTopic = Positions is { } positions ? (_, _, _) => Task.FromResult<(IReadOnlyList<GroupPosition>?, string?)>((positions, null)) : GenerationOpener.AskAsync,
        };
        await loader.LoadAsync([.. scripts.Select(s => new SourceText(s.Name, s.Sql))], TestContext.Current.CancellationToken);
    }

    public async Task<StartupException> FailAsync(string sql, params (string Name, string? Value)[] settings) =>
        await Assert.ThrowsAsync<StartupException>(() => LoadAsync([("a.sql", sql)], settings));

    /// <summary>The functions that the host is told of, by name.</summary>
    public async Task<Dictionary<string, IFunctionMetadata>> FunctionsAsync() =>
        (await new JobFunctions(new IngestTemplate(), Catalog).GetFunctionMetadataAsync("")).ToDictionary(f => f.Name!);

    public static JsonObject Binding(IFunctionMetadata function, string type) =>
        Assert.Single(function.RawBindings!.Select(b => JsonNode.Parse(b)!.AsObject()), b => (string?)b["type"] == type);

    public static IEnumerable<(string, string)> Repositorys() =>
        Directory.GetFiles(Path.GetDirectoryName(Repository.Job("x"))!, "*.sql").Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllText(f)));

    /// <summary>A script of one job from a topic with some options to nowhere.</summary>
    public static string Script(string options = "", string topic = "t", string table = "o") => $"""
        CREATE TABLE s (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = '{topic}', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json'{options});
        CREATE TABLE {table} (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
        INSERT INTO {table} SELECT k, COUNT(*) FROM s GROUP BY k;
        """;
}
