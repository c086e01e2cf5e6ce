using Serverless.Connectors.Kafka;
using Serverless.Local.Tests.Security;

namespace Serverless.Local.Tests;

public sealed class RunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string State => _folder["state"];

    private static string[] Embedded(string state) =>
    [
        "run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded", "--until-idle", "--state", state,
        "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}", "--feed", $"pv-uv={Repository.DemoFile("pv-uv.jsonl")}",
    ];

    [Fact]
    public async Task Embedded_and_fed_both_jobs_leave_the_articles_tables_in_the_results_file()
    {
        var result = await Cli.RunAsync(Embedded(State));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Results.ArticleConsume, Results.Query(State, Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(State, Results.PvUv));
        Assert.Contains("recharge: 5 records, 2 groups, 2 rows written, 0 dead letters", result.Lines);
        Assert.Contains("pvuv: 3 records, 1 group, 3 rows written, 0 dead letters", result.Lines);
        Assert.Contains($"Results are in {Path.Combine(State, "results.db")}", result.Lines);
    }

    [Fact]
    public async Task Lines_that_are_fed_to_an_upsert_kafka_table_get_the_key_that_it_reads()
    {
        var script = _folder.Write("names.sql", """
            CREATE TABLE names (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH
                ('connector' = 'upsert-kafka', 'topic' = 'names', 'properties.bootstrap.servers' = 'b:9092', 'key.format' = 'json', 'value.format' = 'json');
            CREATE TABLE counts (name STRING, n BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'print');
            INSERT INTO counts SELECT name, COUNT(*) FROM names GROUP BY name;
            """);
        var lines = _folder.Write("names.jsonl", """
            {"id":1,"name":"a"}
            {"id":2,"name":"a"}
            {"id":1,"name":"b"}
            """);

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", State, "--feed", $"names={lines}");

        Assert.Contains(result.Lines, l => l.StartsWith("names: 3 records, ", StringComparison.Ordinal) && l.EndsWith(", 2 rows written, 0 dead letters", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_that_is_split_into_shards_leaves_the_same_table()
    {
        var script = _folder.Write("split.sql", "SET 'table.optimizer.distinct-agg.split.enabled' = 'true';\n" + await File.ReadAllTextAsync(Repository.Job("pvuv.sql"), TestContext.Current.CancellationToken));
        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", State, "--feed", $"pv-uv={Repository.DemoFile("pv-uv.jsonl")}");
        Assert.Contains("split: 3 records, 1 group, 3 rows written, 0 dead letters", result.Lines);
        Assert.Equal(Results.ArticlePvUv, Results.Query(State, Results.PvUv));
    }

    [Fact]
    public async Task What_only_the_functions_app_uses_is_ignored_and_said()
    {
        var sql = await File.ReadAllTextAsync(Repository.Job("pvuv.sql"), TestContext.Current.CancellationToken);
        var script = _folder.Write("lag.sql", sql.Replace("'format' = 'json'", "'format' = 'json', 'scale.lag-threshold' = '500'", StringComparison.Ordinal));
        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", State, "--feed", $"pv-uv={Repository.DemoFile("pv-uv.jsonl")}");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("'scale.lag-threshold' of table 'source_ods_fact_log_track_action' is ignored", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embedded_a_second_run_starts_afresh_and_says_so()
    {
        await Cli.RunAsync(Embedded(State));
        var second = await Cli.RunAsync(Embedded(State));

        Assert.Equal(0, second.ExitCode);
        Assert.Contains($"so {State} is started afresh", second.Error, StringComparison.Ordinal);
        Assert.Equal(Results.ArticleConsume, Results.Query(State, Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(State, Results.PvUv));
    }

    [Fact]
    public async Task An_embedded_run_does_not_delete_what_jobs_have_read_elsewhere()
    {
        var file = _folder.Write("in.jsonl", """{"k":"a"}""" + "\n");
        var script = _folder.Write("count.sql", $"""
            CREATE TABLE s (k STRING) WITH ('connector' = 'filesystem', 'path' = '{file}', 'format' = 'json');
            CREATE TABLE r (k STRING, c BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO r SELECT k, COUNT(*) FROM s GROUP BY k;
            """);
        Assert.Equal(0, (await Cli.RunAsync("run", script, "--until-idle", "--state", State)).ExitCode);
        var embedded = await Cli.RunAsync(Embedded(State));
        Assert.Equal(2, embedded.ExitCode);
        Assert.Contains("choose another folder with --state", embedded.Error, StringComparison.Ordinal);
        var again = await Cli.RunAsync("run", script, "--until-idle", "--state", State);
        Assert.Contains("count: 0 records, 1 group, 0 rows written, 0 dead letters", again.Lines);
    }

    [Fact]
    public async Task A_fresh_process_continues_where_the_one_before_stopped()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("game_consume_log", 3);
        broker.CreateTopic("pv-uv", 3);
        string[] run = ["run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded-sinks", "--until-idle", "--state", State];
        var consumed = await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken);
        var viewed = await File.ReadAllLinesAsync(Repository.DemoFile("pv-uv.jsonl"), TestContext.Current.CancellationToken);

        await ProduceAsync(broker, "game_consume_log", consumed[..3], "--key", "appkey");
        await ProduceAsync(broker, "pv-uv", viewed[..1]);
        var first = await Cli.RunAsync(run, Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);
        await ProduceAsync(broker, "game_consume_log", consumed[3..], "--key", "appkey");
        await ProduceAsync(broker, "pv-uv", viewed[1..]);
        var second = await Cli.RunAsync(run, Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("recharge: 3 records, 2 groups, 2 rows written, 0 dead letters", first.Lines);
        Assert.Contains("recharge: 2 records, 2 groups, 2 rows written, 0 dead letters", second.Lines);
        Assert.Contains("pvuv: 2 records, 1 group, 2 rows written, 0 dead letters", second.Lines);
        Assert.Equal(Results.ArticleConsume, Results.Query(State, Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(State, Results.PvUv));
    }

    [Fact]
    public async Task A_job_whose_state_would_mean_something_else_starts_anew()
    {
        using var broker = new EmbeddedBroker();
        await ProduceAsync(broker, "game_consume_log", await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken), "--key", "appkey");
        var text = await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken);
        var script = _folder.Write("recharge.sql", text);
        string[] run = ["run", script, "--embedded-sinks", "--until-idle", "--state", State];
        await Cli.RunAsync(run, Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);

        _folder.Write("recharge.sql", text.Replace("SUM(consumenum) AS", "MAX(consumenum) AS", StringComparison.Ordinal));
        var second = await Cli.RunAsync(run, Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);

        Assert.Contains("recharge has changed", second.Error, StringComparison.Ordinal);
        Assert.Contains("recharge: 5 records, 2 groups, 2 rows written, 0 dead letters", second.Lines);
        Assert.Equal(["73.8", "33.8"], Results.Query(State, "SELECT amount FROM consume ORDER BY appkey"));
    }

    [Fact]
    public async Task A_feed_goes_to_a_real_broker_too()
    {
        using var broker = new EmbeddedBroker();
        string[] args =
        [
            "run", Repository.Job("recharge.sql"), "--embedded-sinks", "--until-idle", "--state", State,
            "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}",
        ];
        broker.CreateTopic("game_consume_log", 2);
        var result = await Cli.RunAsync(args, Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Results.ArticleConsume, Results.Query(State, Results.Consume));
    }

    [Fact]
    public async Task A_topic_that_is_not_there_ends_a_run_until_idle_with_its_nearest_name()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("game-consume-log", 2);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var result = await Cli.RunAsync(
            ["run", Repository.Job("recharge.sql"), "--embedded-sinks", "--until-idle", "--state", State], Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error: job 'recharge': topic 'game_consume_log' is not there, at {broker.BootstrapServers}; did you mean 'game-consume-log'?", result.Error, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 8);
    }

    [Fact]
    public async Task A_feed_that_makes_its_topic_on_a_real_broker_is_read()
    {
        using var broker = new EmbeddedBroker();
        var result = await Cli.RunAsync(
            ["run", Repository.Job("recharge.sql"), "--embedded-sinks", "--until-idle", "--state", State, "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}"],
            Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Results.ArticleConsume, Results.Query(State, Results.Consume));
    }

    [Fact]
    public async Task A_run_all_of_whose_records_became_dead_letters_ends_with_exit_code_3()
    {
        var lines = _folder.Write("bad.jsonl", "no JSON\n{\"appkey\":1,\n");
        Assert.Equal(3, await FeedAsync(lines));
        // One good record is enough for a table.
        var mixed = _folder.Write("mixed.jsonl", "no JSON\n" + File.ReadAllLines(Repository.DemoFile("game_consume_log.jsonl"))[0]);
        Assert.Equal(0, await FeedAsync(mixed));
        Assert.Equal(0, await FeedAsync(_folder.Write("empty.jsonl", "")));
    }

    [Fact]
    public async Task Lines_that_are_no_UTF8_are_dead_letters()
    {
        // 火 in GBK.
        await File.WriteAllBytesAsync(
            _folder["gbk.jsonl"], [.. "{\"appkey\":\""u8, 0xBB, 0xF0, .. "\",\"servertime\":\"2020-09-30 14:12:00\",\"consumenum\":1}\n"u8], TestContext.Current.CancellationToken);
        Assert.Equal(3, await FeedAsync(_folder["gbk.jsonl"]));
        Assert.Single(Results.Query(State, Results.DeadLetters));
    }

    private async Task<int> FeedAsync(string file) => (await Cli.RunAsync(
        "run", Repository.Job("recharge.sql"), "--embedded", "--until-idle", "--state", State, "--feed", $"game_consume_log={file}")).ExitCode;

    [Fact]
    public async Task Jobs_run_until_they_are_stopped()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("game_consume_log", 3);
        using var stop = new CancellationTokenSource();
        var running = Cli.RunAsync(
            ["run", Repository.Job("recharge.sql"), "--embedded-sinks", "--state", State], Cli.Brokers(broker.BootstrapServers), "", stop.Token);
        await ProduceAsync(broker, "game_consume_log", await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken), "--key", "appkey");
        while (!File.Exists(Path.Combine(State, "results.db")) || Results.Query(State, "SELECT name FROM sqlite_master WHERE name = 'consume'").Length == 0
            || !Results.Query(State, Results.Consume).SequenceEqual(Results.ArticleConsume))
            await Task.Delay(50, TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        using var folder = Running.StateFolder.Open(State);
        var result = await Cli.RunAsync(Embedded(State));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("another serverless-sql runs there", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused()
    {
        var file = _folder.Write("file", "");
        var result = await Cli.RunAsync(Embedded(Path.Combine(file, "state")));
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: cannot make the folder", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_are_missing_are_named_all_at_once()
    {
        var text = await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken);
        var (options, end) = (text.IndexOf("'connector' = 'hologres'", StringComparison.Ordinal), text.IndexOf(");\n\nINSERT", StringComparison.Ordinal));
        text = $"{text[..options]}'connector' = 'print', 'print-identifier' = '${{OUT}}'{text[end..]}";
        var result = await Cli.RunAsync("run", _folder.Write("r.sql", text), "--state", State);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'KAFKA_BROKERS', which is not set", result.Error, StringComparison.Ordinal);
        Assert.Contains("'OUT', which is not set", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_that_are_not_there_are_named_once_with_the_cause_and_what_to_do()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        var result = await Cli.RunAsync(["run", Repository.Job("recharge.sql"), "--embedded-sinks", "--no-dashboard", "--state", State], Cli.Brokers("127.0.0.1:1"), "", stop.Token);
        Assert.Equal(
            "warning: waiting for the topic's partitions: topic game_consume_log of Kafka at 127.0.0.1:1 (plaintext): no broker answers: Connect to ipv4#127.0.0.1:1 failed: Connection refused; check 'properties.bootstrap.servers' and the network; still trying\n",
            result.Error);
    }

    [Fact]
    public async Task Brokers_that_are_not_there_are_named_within_a_second()
    {
        var script = _folder.Write("away.sql", (await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken))
            .Replace("${KAFKA_BROKERS}", "127.0.0.1:1", StringComparison.Ordinal).Replace("${KAFKA_SECURITY_PROTOCOL}", "PLAINTEXT", StringComparison.Ordinal));
        var (warning, after) = await BackgroundRun.TimeWarningAsync("run", script, "--embedded-sinks", "--no-dashboard", "--state", State);
        Assert.Contains("no broker answers: Connect to ", warning, StringComparison.Ordinal);
        Assert.InRange(after, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_feed_of_a_topic_that_no_job_reads_is_refused()
    {
        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), "--embedded", "--feed", $"pv-uv={Repository.DemoFile("pv-uv.jsonl")}", "--state", State);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("error: no job reads the topic 'pv-uv', so it cannot be fed; the topics read are: game_consume_log\n", result.Error);
    }

    [Fact]
    public async Task Two_scripts_that_may_write_one_row_are_refused()
    {
        var second = _folder["second.sql"];
        File.Copy(Repository.Job("recharge.sql"), second);
        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), second, "--embedded", "--until-idle", "--state", State);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error: jobs 'recharge' and 'second' both write table 'consume', and both may have a row of one key, which would be whichever was written last", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_scripts_whose_embedded_tables_have_one_name_are_refused_if_they_may_write_one_row()
    {
        var text = await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken);
        var second = _folder.Write("second.sql", text.Replace("'tablename' = 'consume'", "'tablename' = 'elsewhere'", StringComparison.Ordinal));
        Assert.Equal(0, (await Cli.RunAsync("check", Repository.Job("recharge.sql"), second)).ExitCode);
        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), second, "--embedded", "--until-idle", "--state", State);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error: jobs 'recharge' and 'second' both write table 'consume', and both may have a row of one key", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_inserts_fill_their_own_columns_of_one_embedded_table()
    {
        var sql = _folder.Write("halves.sql", """
            CREATE TABLE s (k STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
            CREATE TABLE r (k STRING, a BIGINT, b BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'hologres', 'endpoint' = 'h:1', 'dbname' = 'd', 'tablename' = 'r', 'username' = 'u', 'password' = '${P}',
              'mutatetype' = 'insertorupdate', 'partial-insert.enabled' = 'true');
            INSERT INTO r (k, a) SELECT k, COUNT(*) FROM s WHERE n > 0 GROUP BY k;
            INSERT INTO r (k, b) SELECT k, SUM(n) FROM s GROUP BY k;
            """);
        var feed = _folder.Write("t.jsonl", """
            {"k":"x","n":1}
            {"k":"x","n":2}
            {"k":"y","n":0}
            """ + "\n");
        var result = await Cli.RunAsync("run", sql, "--embedded", "--feed", $"t={feed}", "--until-idle", "--state", State);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(["x | 2 | 3", "y |  | 0"], Results.Query(State, "SELECT k, a, b FROM r ORDER BY k"));
        var ddl = await Cli.RunAsync("ddl", sql);
        Assert.Contains("\"b\" bigint", ddl.Output, StringComparison.Ordinal);
        Assert.Contains("jobs halves.r, halves.r.2", ddl.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_embedded_tables_of_one_name_with_other_columns_are_refused()
    {
        var text = await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken);
        var second = _folder.Write("second.sql", text.Replace("'tablename' = 'consume'", "'tablename' = 'elsewhere'", StringComparison.Ordinal).Replace("amount DOUBLE", "amount DECIMAL(20, 2)", StringComparison.Ordinal).Replace("SUM(consumenum) AS amount", "CAST(SUM(consumenum) AS DECIMAL(20, 2)) AS amount", StringComparison.Ordinal));
        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), second, "--embedded", "--until-idle", "--state", State);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("both write a table 'consume', with different columns", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_jobs_of_one_name_are_refused()
    {
        Directory.CreateDirectory(_folder["other"]);
        var text = await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken);
        _folder.Write("other/recharge.sql", text.Replace("'tablename' = 'consume'", "'tablename' = 'elsewhere'", StringComparison.Ordinal));
        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), _folder["other/recharge.sql"], "--embedded", "--state", State);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("both have a job 'recharge'", result.Error, StringComparison.Ordinal);
    }

    private static async Task ProduceAsync(EmbeddedBroker broker, string topic, string[] lines, params string[] more)
    {
        var result = await Cli.RunAsync(
            ["produce", topic, "--brokers", broker.BootstrapServers, .. more], _ => null, string.Join('\n', lines), TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith($"{lines.Length} record", result.Output, StringComparison.Ordinal);
    }
}
