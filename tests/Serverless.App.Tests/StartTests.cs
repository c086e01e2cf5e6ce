using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Durable;
using Serverless.Engine.Sql;

namespace Serverless.App.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_script_with_errors_stops_the_start_with_all_that_check_says()
    {
        const string Sql = "CREATE TABLE s (k STRING) WITH ('connector' = 'kafka', 'topik' = 't');\nINSERT INTO o SELECT k FROM s;";
        var expected = ScriptCompiler.Compile(new SourceText("a.sql", Sql), new ConnectorCatalog()).Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => $"{d}").ToList();
        Assert.True(expected.Count > 1);
        var e = await new Loading().FailAsync(Sql);
        Assert.Equal(expected, e.Problems);
    }

    [Fact]
    public async Task Errors_of_all_scripts_come_in_one_go_and_nothing_runs()
    {
        var app = new Loading();
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync([
            ("a.sql", "SELECT"), ("b.sql", Loading.Script(", 'properties.fetch.max.bytes' = '5'")), ("c.sql", Loading.Script(", 'properties.client.id' = '${NOT_THERE}'"))]));
        Assert.Contains(e.Problems, p => p.StartsWith("a.sql:1:", StringComparison.Ordinal));
        Assert.Contains(e.Problems, p => p.Contains("extensions.kafka.fetchMaxBytes", StringComparison.Ordinal));
        Assert.Contains(e.Problems, p => p.StartsWith("c.sql: error: option 'properties.client.id' needs the setting 'NOT_THERE'", StringComparison.Ordinal));
        Assert.Empty(app.Catalog.All);
        Assert.Empty(app.Generations.All);
    }

    [Fact]
    public async Task A_missing_setting_is_named_once_with_the_remedy()
    {
        var app = new Loading();
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync(Loading.Repositorys(), ("RDS_PASSWORD", null), ("KAFKA_BROKERS", null)));
        Assert.Contains(e.Problems, p => p.Contains("'RDS_PASSWORD', which is not set", StringComparison.Ordinal));
        Assert.Contains(e.Problems, p => p.Contains("'KAFKA_BROKERS', which is not set", StringComparison.Ordinal));
        Assert.Equal(e.Problems.Distinct().Count(), e.Problems.Count);
    }

    [Fact]
    public async Task A_setting_that_is_still_a_reference_to_the_vault_is_named_as_that()
    {
        var app = new Loading();
        const string Reference = "@Microsoft.KeyVault(VaultName=v;SecretName=KAFKA-PASSWORD)";
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync(Loading.Repositorys(), ("KAFKA_PASSWORD", Reference), ("ELSEWHERE", Reference)));
        var problem = Assert.Single(e.Problems);
        Assert.StartsWith("the setting 'KAFKA_PASSWORD' is still its reference '@Microsoft.KeyVault(…)', as the platform could not read the secret", problem, StringComparison.Ordinal);
        Assert.Contains("Key Vault Secrets User", problem, StringComparison.Ordinal);
        Assert.Contains(app.Logs.All, l => l.Level == LogLevel.Warning && l.Text.StartsWith("the setting 'ELSEWHERE' is still its reference", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_fit_into_a_scheduler_is_told_at_start()
    {
        (string, string?) scheduler = ("AzureFunctionsJobHost:extensions:durableTask:storageProvider:type", "azureManaged");
        var e = await new Loading().FailAsync($"SET 'pipeline.name' = '{new string('j', 60)}';\n{Loading.Script()}", scheduler);
        Assert.Contains(e.Problems, p => p.StartsWith("a.sql: error: the name of job 'jjj", StringComparison.Ordinal));
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("t", 1);
        var script = Loading.Script().Replace("127.0.0.1:1", broker.BootstrapServers, StringComparison.Ordinal).Replace("COUNT(*)", "COUNT(DISTINCT v)", StringComparison.Ordinal);
        var app = new Loading { TopicPatience = null };
        await app.LoadAsync([("a.sql", script)], scheduler);
        var warnings = app.Logs.All.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text).ToList();
        Assert.Contains(warnings, w => w.Contains("has not been run on a Durable Task Scheduler", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.StartsWith("job a keeps every value of a DISTINCT", StringComparison.Ordinal));
        Assert.All(app.Catalog.All, j => Assert.Equal(Serverless.Durable.HubLimits.Scheduler, j.Job.Hub));
    }

    [Fact]
    public async Task What_a_trigger_cannot_honour_is_told_where_it_stands_in_the_script()
    {
        var e = await new Loading().FailAsync(Loading.Script(", 'scan.startup.mode' = 'latest-offset'"));
        var problem = Assert.Single(e.Problems);
        Assert.StartsWith("a.sql:1:", problem, StringComparison.Ordinal);
        Assert.Contains("host.json's 'extensions.kafka.autoOffsetReset'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_at_the_end_goes_with_a_host_that_starts_there()
    {
        var app = new Loading();
        await app.LoadAsync([("a.sql", Loading.Script(", 'scan.startup.mode' = 'latest-offset'"))], ("AzureFunctionsJobHost:extensions:kafka:autoOffsetReset", "Latest"));
        Assert.Single(app.Catalog.All);
    }

    [Fact]
    public async Task A_table_that_rows_are_looked_up_in_is_waited_for_and_what_it_lacks_is_told()
    {
        const string Sql = """
            CREATE TABLE s (k STRING, n INT, p AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE d (k STRING, name STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://127.0.0.1:1/d', 'table-name' = 'd', 'username' = 'u', 'password' = '${NAMES_PASSWORD}');
            CREATE TABLE r (name STRING, n INT, PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO r SELECT d.name, MAX(s.n) FROM s JOIN d FOR SYSTEM_TIME AS OF s.p ON s.k = d.k GROUP BY d.name;
            """;
        var e = await new Loading().FailAsync(Sql);
        Assert.Contains("needs the setting 'NAMES_PASSWORD'", Assert.Single(e.Problems), StringComparison.Ordinal);

        var app = new Loading();
        await app.LoadAsync([("a.sql", Sql)], ("NAMES_PASSWORD", "p"));
        Assert.Equal(["Lookup", "Aggregate"], Assert.Single(app.Catalog.All).Job.Stages!.Plan.Stages.Select(s => s.Operator));
        Assert.Contains(Lines(app), l => l.StartsWith("warning: job a: table 'd'", StringComparison.Ordinal) && l.EndsWith("; trying again when it is needed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_would_depend_on_the_order_of_messages_is_refused()
    {
        var e = await new Loading().FailAsync("""
            CREATE TABLE s (k STRING, n INT, t TIMESTAMP(3), WATERMARK FOR t AS t) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE r (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'r', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'debezium-json');
            INSERT INTO r SELECT k, COUNT(*) FROM (SELECT k, n, SUM(n) AS total FROM s GROUP BY k, n) GROUP BY k;
            """);
        Assert.Contains(e.Problems, p => p.StartsWith("a.sql:2:14: error: job 'a'", StringComparison.Ordinal) && p.Contains("the changes of one row come in any order", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Windows_may_be_written_when_the_watermark_has_passed_them()
    {
        var app = new Loading();
        await app.LoadAsync([("a.sql", """
            CREATE TABLE s (k STRING, n INT, t TIMESTAMP(3), WATERMARK FOR t AS t) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE r (k STRING, n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'r', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json');
            INSERT INTO r SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end;
            """)]);
        Assert.Equal(["Aggregate", "Watermark"], Assert.Single(app.Catalog.All).Job.Stages!.Plan.Stages.Select(s => s.Operator));
    }

    [Fact]
    public async Task Every_source_of_a_job_is_checked()
    {
        const string Sql = """
            CREATE TABLE a (k STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE b (k STRING, n INT) WITH ('connector' = 'datagen');
            CREATE TABLE c (k STRING, n INT) WITH ('connector' = 'kafka', 'topic-pattern' = 't.*', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE r (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO r SELECT k, MAX(n) FROM (SELECT k, n FROM a UNION ALL SELECT k, n FROM b UNION ALL SELECT k, n FROM c) GROUP BY k;
            """;
        var e = await new Loading().FailAsync(Sql);
        Assert.Contains(e.Problems, p => p.StartsWith("a.sql:2:14: error: table 'b' cannot be read here", StringComparison.Ordinal));
        Assert.Contains(e.Problems, p => p.StartsWith("a.sql:3:14: error: table 'c' reads the topics that match a pattern", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("k STRING", "'connector' = 'kafka', 'format' = 'debezium-json'", false)]
    [InlineData("k STRING", "'connector' = 'kafka', 'format' = 'canal-json'", false)]
    [InlineData("k STRING", "'connector' = 'kafka', 'format' = 'maxwell-json'", false)]
    [InlineData("k STRING PRIMARY KEY NOT ENFORCED", "'connector' = 'upsert-kafka', 'key.format' = 'raw', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY'", true)]
    public async Task Changelogs_are_read_those_of_a_key_with_the_records_keys(string key, string options, bool readsKeys)
    {
        var app = new Loading();
        await app.LoadAsync([("a.sql", $"""
            CREATE TABLE s ({key}, n INT) WITH ('topic' = 't', 'properties.bootstrap.servers' = 'b:9092', {options});
            CREATE TABLE r (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO r SELECT k, MAX(n) FROM s GROUP BY k;
            """)]);
        var job = Assert.Single(app.Catalog.All);
        Assert.NotNull(job.Stages);
        Assert.Equal(readsKeys, Assert.Single(job.Sources).ReadsKeys);
    }

    [Theory]
    [InlineData("'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'json'")]
    [InlineData("'format' = 'avro-confluent', 'avro-confluent.url' = 'http://r:8081'")]
    public async Task Keys_and_schema_registries_are_read(string format)
    {
        var app = new Loading();
        await app.LoadAsync([("a.sql", $"""
            CREATE TABLE s (k STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', {format});
            CREATE TABLE r (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO r SELECT k, MAX(n) FROM s GROUP BY k;
            """)]);
        Assert.Equal(format.Contains("avro", StringComparison.Ordinal), Assert.Single(Assert.Single(app.Catalog.All).Sources).Schemas is not null);
    }

    [Fact]
    public async Task Files_are_not_read()
    {
        const string Sql = """
            CREATE TABLE s (k STRING) WITH ('connector' = 'filesystem', 'path' = '/tmp/a', 'format' = 'json');
            CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k;
            """;
        var e = await new Loading().FailAsync(Sql);
        Assert.Contains(e.Problems, p => p.Contains("the Functions app reads 'kafka' and 'upsert-kafka' tables", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_scripts_that_may_write_one_row_are_refused()
    {
        const string Sql = """
            CREATE TABLE s (k STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
            CREATE TABLE o (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://127.0.0.1:1/d', 'tableName' = 'o', 'userName' = 'u', 'password' = '${RDS_PASSWORD}');
            INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k;
            """;
        var e = await Assert.ThrowsAsync<StartupException>(() => new Loading().LoadAsync([("a.sql", Sql), ("b.sql", Sql)]));
        Assert.Contains("jobs 'a' and 'b' both write table 'o'", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_jobs_of_one_name_are_refused()
    {
        var e = await Assert.ThrowsAsync<StartupException>(() => new Loading().LoadAsync([("a.sql", "SET 'pipeline.name' = 'same';" + Loading.Script()), ("b.sql", "SET 'pipeline.name' = 'same';" + Loading.Script())]));
        Assert.StartsWith("a.sql and b.sql both have a job 'same'", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_script_at_all_is_said() =>
        Assert.Contains("'jobs'", Assert.Single((await Assert.ThrowsAsync<StartupException>(() => new Loading().LoadAsync([]))).Problems), StringComparison.Ordinal);

    [Fact]
    public async Task Brokers_and_databases_that_are_away_at_start_are_waited_for()
    {
        var app = new Loading();
        await app.LoadAsync(Loading.Repositorys());
        Assert.Equal(2, app.Catalog.All.Count);
        Assert.Contains(app.Logs.All, l => l.Level == LogLevel.Warning && l.Text.Contains("trying again when it is needed", StringComparison.Ordinal));
        // The host drops what a worker logs outside an invocation, and shows what it writes.
        Assert.All(app.Catalog.All, j => Assert.Single(Lines(app), l => l.StartsWith($"warning: job {j.Name}: table '", StringComparison.Ordinal) && l.EndsWith("; trying again when it is needed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_dead_letter_topic_is_made_at_start()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("t", 2);
        var app = new Loading { TopicPatience = null };
        await app.LoadAsync([("a.sql", Loading.Script().Replace("127.0.0.1:1", broker.BootstrapServers, StringComparison.Ordinal))]);
        Assert.DoesNotContain(app.Logs.All, l => l.Level == LogLevel.Warning);
        Assert.True(await KafkaProbe.IsReachableAsync(app.Catalog.All[0].Sources[0].Kafka!, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_storage_account_that_is_away_is_one_line()
    {
        var app = new Loading();
        app.Generations.Failure = new Azure.RequestFailedException(403, "not allowed\nStatus: 403\nx-ms-request-id: 1");
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync([("a.sql", Loading.Script())]));
        Assert.Equal("the app's storage account cannot be used: not allowed", Assert.Single(e.Problems));
    }

    [Fact]
    public async Task A_job_that_is_gone_has_no_generation_when_it_comes_again()
    {
        var app = new Loading();
        await app.LoadAsync([("a.sql", Loading.Script()), ("b.sql", Loading.Script())]);
        var first = app.Generations.All["b"].Id;
        await app.LoadAsync([("a.sql", Loading.Script())]);
        Assert.Equal(["a"], app.Generations.All.Keys);
        await app.LoadAsync([("a.sql", Loading.Script()), ("b.sql", Loading.Script())]);
        Assert.NotEqual(first, app.Generations.All["b"].Id);
    }

    [Fact]
    public async Task A_job_that_starts_anew_says_so_and_keeps_its_former_state()
    {
        var app = new Loading { Positions = [new GroupPosition(0, 0, 5)] };
        await app.LoadAsync([("a.sql", Loading.Script())]);
        var former = app.Generations.All["a"];
        await app.LoadAsync([("a.sql", Filtered)]);
        var now = app.Generations.All["a"];
        Assert.Equal((former.Id, "0:0", 5L), (Assert.Single(now.Formers!).Id, now.Starts, now.Ends![new SourcePartition(0, 0)]));
        Assert.Contains("warning: job a has changed: it starts anew. Its former state is kept until the new one has caught up; then former rows that it does not make are deleted. Until then the former script goes on with it", Lines(app));
        await app.LoadAsync([("a.sql", Loading.Script())]);
        Assert.Equal(former.Id, app.Catalog.All[0].Job.Generation.Id);
        Assert.Contains(Lines(app), l => l.StartsWith("warning: job a is again what it was before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_of_several_stages_that_is_edited_says_what_becomes_of_its_former_rows()
    {
        var app = new Loading { Positions = [new GroupPosition(0, 0, 5)] };
        await app.LoadAsync([("a.sql", Stages)]);
        await app.LoadAsync([("a.sql", Stages.Replace("n = 1", "n = 2", StringComparison.Ordinal))]);
        Assert.Contains("warning: job a has changed: it starts anew. Its former state is kept until the new one has caught up; then former rows that it does not make are deleted", Lines(app));
        app.Console.GetStringBuilder().Clear();
        // One of one stage is taken up again if the script is edited back.
        await app.LoadAsync([("a.sql", Filtered)]);
        Assert.DoesNotContain(Lines(app), l => l.Contains("goes on with it", StringComparison.Ordinal));
        await app.LoadAsync([("a.sql", Stages)]);
        Assert.Contains(Lines(app), l => l.EndsWith("are deleted. Until then the former script goes on with it", StringComparison.Ordinal));

        app.Positions = [new GroupPosition(0, 3, 5)];
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync([("a.sql", Stages.Replace("n = 1", "n = 3", StringComparison.Ordinal))]));
        Assert.Contains("'t' no longer has records that its rows are made of: offsets 0 to 2 of partition 0.", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_writes_elsewhere_says_so_and_that_rows_stay()
    {
        var app = new Loading { Positions = [] };
        await app.LoadAsync([("a.sql", Loading.Script())]);
        await app.LoadAsync([("a.sql", Loading.Script().Replace("'blackhole'", "'print'", StringComparison.Ordinal))]);
        Assert.Contains("warning: job a writes every row again: its sink, HAVING or outputs have changed. Rows that were written to 'blackhole' (k STRING) stay there", Lines(app));
        Assert.True(app.Catalog.All[0].Job.Compiled.Epoch > app.Catalog.All[0].Job.Generation.Born.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_job_that_would_start_anew_on_fewer_records_is_refused_unless_its_script_says_otherwise()
    {
        var app = new Loading { Positions = [new GroupPosition(0, 0, 5)] };
        await app.LoadAsync([("a.sql", Loading.Script())]);
        var former = app.Generations.All["a"];
        app.Positions = [new GroupPosition(0, 3, 5)];
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync([("a.sql", Filtered)]));
        Assert.StartsWith("a.sql: error: job 'a' has changed and would start anew, but 't' no longer has records that its rows are made of: offsets 0 to 2 of partition 0.", Assert.Single(e.Problems), StringComparison.Ordinal);
        Assert.EndsWith("SET 'execution.state-recovery.ignore-lost-records' = 'true'", e.Problems.Single(), StringComparison.Ordinal);
        Assert.Equal(former, app.Generations.All["a"]);

        await app.LoadAsync([("a.sql", "SET 'execution.state-recovery.ignore-lost-records' = 'true';" + Filtered)]);
        Assert.NotEqual(former.Id, app.Generations.All["a"].Id);
        Assert.Contains(Lines(app), l => l.Contains("offsets 0 to 2 of partition 0 are not read again, so former rows that it does not make stay", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_that_has_changed_does_not_start_anew_while_brokers_cannot_tell_what_there_is()
    {
        var app = new Loading { Positions = [] };
        await app.LoadAsync([("a.sql", Loading.Script())]);
        app.Positions = null;
        var e = await Assert.ThrowsAsync<StartupException>(() => app.LoadAsync([("a.sql", Filtered)]));
        Assert.Contains("cannot be found out: ", Assert.Single(e.Problems), StringComparison.Ordinal);
        Assert.EndsWith("; start again when brokers answer", e.Problems.Single(), StringComparison.Ordinal);
    }

    private static readonly string Stages = Loading.Script().Replace(
        "SELECT k, COUNT(*) FROM s GROUP BY k", "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM s) WHERE n = 1", StringComparison.Ordinal);

    private static readonly string Filtered = Loading.Script().Replace("FROM s", "FROM s WHERE v > 1", StringComparison.Ordinal);

    private static string[] Lines(Loading app) => app.Console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
