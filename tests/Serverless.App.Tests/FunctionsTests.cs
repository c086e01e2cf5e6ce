using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Moq;
using Serverless.App.Triggers;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Runtime;

namespace Serverless.App.Tests;

public sealed class FunctionsTests
{
    private const string Sasl = ", 'properties.security.protocol' = 'SASL_SSL', 'properties.sasl.mechanism' = 'SCRAM-SHA-512', 'properties.sasl.username' = '${KAFKA_USERNAME}', 'properties.sasl.password' = '${KAFKA_PASSWORD}'";

    [Fact]
    public async Task The_host_is_told_of_a_function_per_job_and_of_the_apps_own()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        Assert.Equal(
            ["Group", "Job", "Output", "Pulse", "Shard", "Stage", "dashboard", "dashboard-api", "dashboard-assets", "health", "ingest-pvuv", "ingest-recharge", "jobs", "rewrite"],
            (await app.FunctionsAsync()).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Entities_are_tried_again_when_a_worker_dies_and_what_reads_a_topic_is_the_hosts_to_repeat()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var functions = await app.FunctionsAsync();
        Assert.All((string[])["Group", "Shard", "Stage", "Output", "Job"], name =>
        {
            Assert.Equal((100, TimeSpan.FromSeconds(2)), (functions[name].Retry?.MaxRetryCount, functions[name].Retry?.DelayInterval));
            Assert.NotNull(Loading.Binding(functions[name], "entityTrigger"));
        });
        Assert.All(functions.Where(f => f.Key is not ("Group" or "Shard" or "Stage" or "Output" or "Job")), f => Assert.Null(f.Value.Retry));
    }

    [Fact]
    public async Task A_pulse_passes_by_each_minute()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var pulse = (await app.FunctionsAsync())["Pulse"];
        Assert.Equal("0 * * * * *", (string?)Loading.Binding(pulse, "timerTrigger")["schedule"]);
        Assert.NotNull(Loading.Binding(pulse, "durableClient"));
    }

    [Fact]
    public async Task Plans_and_what_the_dashboard_shows_want_a_key_and_no_other_address_does()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var http = (await app.FunctionsAsync()).Values.Where(f => f.RawBindings!.Any(b => b.Contains("\"httpTrigger\"", StringComparison.Ordinal))).Select(f => Loading.Binding(f, "httpTrigger"));
        Assert.Equal(
            [
                "dashboard Anonymous get", "dashboard/api/{*path} Function get", "dashboard/assets/{file} Anonymous get", "health Anonymous get", "jobs Function get",
                "jobs/{name}/rewrite Function post",
            ],
            http.Select(b => $"{b["route"]} {b["authLevel"]} {string.Join(',', b["methods"]!.AsArray())}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_repositorys_jobs_have_the_triggers_that_their_scripts_say()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var functions = await app.FunctionsAsync();
        var recharge = app.Catalog.All.Single(j => j.Name == "recharge");
        AssertJson(
            $$"""
            {
              "name": "records", "direction": "In", "type": "kafkaTrigger", "brokerList": "%KAFKA_BROKERS%", "topic": "game_consume_log",
              "keyDataType": "Binary", "cardinality": "Many", "properties": { "supportsDeferredBinding": "True" },
              "consumerGroup": "gamegroup-{{Serverless.Engine.Plan.Fingerprint(recharge.Job.Job)}}-{{recharge.Job.Generation.Id}}", "lagThreshold": 10000
            }
            """,
            Loading.Binding(functions["ingest-recharge"], "kafkaTrigger"));
        AssertJson("""{ "name": "client", "direction": "In", "type": "durableClient" }""", Loading.Binding(functions["ingest-recharge"], "durableClient"));
        Assert.Equal("pv-uv", (string?)Loading.Binding(functions["ingest-pvuv"], "kafkaTrigger")["topic"]);
        Assert.Equal(functions["ingest-recharge"].EntryPoint, functions["ingest-pvuv"].EntryPoint);
        Assert.NotEqual(functions["ingest-recharge"].FunctionId, functions["ingest-pvuv"].FunctionId);
    }

    [Fact]
    public async Task With_a_cluster_that_knows_users_the_same_scripts_name_the_settings_and_never_their_values()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys(), ("KAFKA_SECURITY_PROTOCOL", "SASL_SSL"));
        var functions = await app.FunctionsAsync();
        var trigger = Loading.Binding(functions["ingest-pvuv"], "kafkaTrigger");
        Assert.Equal(
            ("SaslSsl", "Plain", "KAFKA_USERNAME", "KAFKA_PASSWORD"),
            ((string?)trigger["protocol"], (string?)trigger["authenticationMode"], (string?)trigger["username"], (string?)trigger["password"]));
        Assert.All(functions.Values.SelectMany(f => f.RawBindings!), b => Assert.All(
            Loading.Settings.Where(s => s.Value!.StartsWith("s3cret", StringComparison.Ordinal) || s.Key == "KAFKA_USERNAME"),
            s => Assert.DoesNotContain(s.Value!, b, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Scripts_of_several_sources_each_have_their_own_trigger()
    {
        var app = new Loading();
        await app.LoadAsync([
            ("a.sql", Loading.Script(Sasl + ", 'scale.lag-threshold' = '500', 'properties.group.id' = 'team'", "first")),
            ("b.sql", Loading.Script("", "second")),
            ("c.sql", """
                CREATE TABLE x (k STRING) WITH ('connector' = 'kafka', 'topic' = 'third', 'properties.bootstrap.servers' = '${KAFKA_BROKERS},b:2', 'format' = 'json');
                CREATE TABLE y (k STRING) WITH ('connector' = 'kafka', 'topic' = 'fourth-${KAFKA_USERNAME}', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json');
                CREATE TABLE ox (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
                CREATE TABLE oy (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
                BEGIN STATEMENT SET;
                INSERT INTO ox SELECT k, COUNT(*) FROM x GROUP BY k;
                INSERT INTO oy SELECT k, COUNT(*) FROM y GROUP BY k;
                END;
                """)]);
        var functions = await app.FunctionsAsync();
        var triggers = app.Catalog.All.ToDictionary(j => j.Name, j => Loading.Binding(functions[j.Sources[0].Function], "kafkaTrigger"));
        Assert.Equal(["a", "b", "c.ox", "c.oy"], triggers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("first", 500L, "ScramSha512"), ((string?)triggers["a"]["topic"], (long)triggers["a"]["lagThreshold"]!, (string?)triggers["a"]["authenticationMode"]));
        Assert.StartsWith("team-", (string?)triggers["a"]["consumerGroup"], StringComparison.Ordinal);
        Assert.StartsWith("serverless-", (string?)triggers["b"]["consumerGroup"], StringComparison.Ordinal);
        Assert.Null(triggers["b"]["password"]);
        Assert.Equal("%KAFKA_BROKERS%,b:2", (string?)triggers["c.ox"]["brokerList"]);
        Assert.Equal("fourth-%KAFKA_USERNAME%", (string?)triggers["c.oy"]["topic"]);
        Assert.Equal("fourth-the-user", app.Catalog.All.Single(j => j.Name == "c.oy").Sources[0].Trigger.Topic);
        Assert.All(functions.Keys, name => Assert.Matches("^[A-Za-z][A-Za-z0-9_-]*$", name));
    }

    [Fact]
    public async Task A_job_of_several_sources_has_a_function_with_a_trigger_for_each_in_one_consumer_group()
    {
        var app = new Loading();
        await app.LoadAsync([("j.sql", """
            CREATE TABLE l (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'left', 'properties.bootstrap.servers' = '127.0.0.1:1', 'scale.lag-threshold' = '500', 'format' = 'json');
            CREATE TABLE r (k STRING, v INT) WITH ('connector' = 'kafka', 'topic' = 'right-1;right-2', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json');
            CREATE TABLE l2 (k STRING) WITH ('connector' = 'kafka', 'topic' = 'left', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json');
            CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
            INSERT INTO o SELECT l.k, SUM(r.v) FROM l JOIN r ON l.k = r.k JOIN l2 ON l.k = l2.k GROUP BY l.k;
            """)]);
        var job = Assert.Single(app.Catalog.All);
        var functions = await app.FunctionsAsync();
        var triggers = job.Sources.Select(s => Loading.Binding(functions[s.Function], "kafkaTrigger")).ToList();
        Assert.Equal(["left", "right-1", "right-2", "left"], triggers.Select(t => (string?)t["topic"]));
        Assert.Equal([500, 10_000, 10_000, 10_000], triggers.Select(t => (long)t["lagThreshold"]!));
        // A group reads a topic once.
        Assert.Equal(["", "", "", "-2"], triggers.Select(t => ((string)t["consumerGroup"]!)[job.Sources[0].ConsumerGroup.Length..]));
        Assert.Equal(["ingest-j-l", "ingest-j-l2"], [job.Sources[0].Function, job.Sources[3].Function]);
        Assert.All([job.Sources[1], job.Sources[2]], s => Assert.Matches("^ingest-j-r-[0-9a-f]{6}$", s.Function));
        Assert.Equal(4, job.Sources.Select(job.FunctionIdOf).Distinct().Count());
        Assert.True(app.Catalog.TryGetFunction(job.Sources[2].Function, out var found, out var source));
        Assert.Equal((job, 2), (found, source));
    }

    [Fact]
    public void Jobs_whose_names_come_to_one_functions_name_are_told_apart()
    {
        var names = FunctionNamesOf("a.b", "a b", "a-b", "plain", "游戏", new string('x', 300));
        Assert.Equal(6, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Contains("ingest-plain", names);
        Assert.All(names, n => Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,126}$", n));
        Assert.Equal(names, FunctionNamesOf("a.b", "a b", "a-b", "plain", "游戏", new string('x', 300)));
    }

    [Fact]
    public async Task A_changed_job_has_another_consumer_group_and_its_functions_id_tells()
    {
        var app = new Loading { Positions = [new GroupPosition(0, 0, 5)] };
        await app.LoadAsync([("a.sql", Loading.Script())]);
        var before = app.Catalog.All[0];
        await app.LoadAsync([("a.sql", Loading.Script().Replace("FROM s", "FROM s WHERE v > 1", StringComparison.Ordinal))]);
        var after = app.Catalog.All[0];
        Assert.NotEqual(before.Sources[0].ConsumerGroup, after.Sources[0].ConsumerGroup);
        Assert.NotEqual(before.FunctionIdOf(before.Sources[0]), after.FunctionIdOf(after.Sources[0]));
        Assert.Equal(before.Sources[0].Function, after.Sources[0].Function);
    }

    [Fact]
    public async Task With_the_Kafka_extension_the_build_generates_what_the_jobs_functions_are_tested_with()
    {
        var generated = await IngestTemplate.GeneratedAsync();
        Assert.SkipWhen(generated is null, "the app is built without its Kafka trigger, as the package sources lack the extension");
        var expected = IngestTemplate.Expected;
        Assert.Equal((expected.Name, expected.Language, expected.EntryPoint, expected.ScriptFile), (generated.Name, generated.Language, generated.EntryPoint, generated.ScriptFile));
        Assert.Equal(expected.RawBindings!.Count, generated.RawBindings!.Count);
        for (var i = 0; i < expected.RawBindings.Count; i++)
            AssertJson(expected.RawBindings[i], JsonNode.Parse(generated.RawBindings[i])!);
    }

    [Fact]
    public async Task An_app_built_without_the_Kafka_extension_refuses_to_start()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        var without = new Mock<IFunctionMetadataProvider>();
        without.Setup(p => p.GetFunctionMetadataAsync("")).ReturnsAsync((await IngestTemplate.AllGeneratedAsync()).RemoveAll(f => f.Name == JobFunctions.Template));
        var e = await Assert.ThrowsAsync<StartupException>(() => new JobFunctions(without.Object, app.Catalog).GetFunctionMetadataAsync(""));
        Assert.Contains("-p:KafkaExtension=true", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> FunctionNamesOf(params string[] jobs) => [.. FunctionNames.Of([.. jobs.Select(j => (j, (IReadOnlyList<(string, string)>)[("s", "t")]))]).SelectMany(n => n)];

    private static void AssertJson(string expected, JsonNode actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}
