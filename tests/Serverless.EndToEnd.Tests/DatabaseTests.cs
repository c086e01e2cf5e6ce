using System.Text.Json;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

[Collection("a million events")]
public sealed class DatabaseTests : IDisposable
{
    private const string KillHologres = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'serverless%'";

    private readonly Report _report = new();
    private readonly EmbeddedBroker _broker = TwoJobs.StartBroker();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _broker.Dispose();
        _folder.Dispose();
        _report.Dispose();
    }

    [Fact(Timeout = 180_000)]
    public async Task The_articles_messages_leave_the_articles_tables_in_postgresql_and_mariadb()
    {
        await using var databases = await Databases.StartAsync();
        await Kcat.SendAsync(_broker.BootstrapServers, "game_consume_log", Keyed("game_consume_log.jsonl", "appkey"));
        await Kcat.SendAsync(_broker.BootstrapServers, "pv-uv", Keyed("pv-uv.jsonl", "p_dt"));

        var said = await RunAsync([], "state", databases.Environment);

        Assert.Equal(Results.ArticleConsume, await databases.ConsumeAsync());
        Assert.Equal(Results.ArticlePvUv, await databases.PvUvAsync());
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task The_articles_jobs_tried_embedded_go_on_with_their_state_on_servers_and_leave_the_same_tables()
    {
        var (recharges, views) = (Keyed("game_consume_log.jsonl", "appkey"), Keyed("pv-uv.jsonl", "p_dt"));
        await using var databases = await Databases.StartAsync(makesTables: false);
        // With nothing but the scripts and a file of events for each,
        await RunAsync(["--embedded", "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}", "--feed", $"pv-uv={Repository.DemoFile("pv-uv.jsonl")}"], "tried", []);
        // then with a cluster,
        await Kcat.SendAsync(_broker.BootstrapServers, "game_consume_log", recharges[..3]);
        await Kcat.SendAsync(_broker.BootstrapServers, "pv-uv", views);
        await RunAsync(["--embedded-sinks"], "state", []);
        // and at last with databases, which have no tables yet: the state has the rows of what was read before.
        await Kcat.SendAsync(_broker.BootstrapServers, "game_consume_log", recharges[3..]);
        await RunAsync(["--create-tables", "--rewrite"], "state", databases.Environment);

        Assert.Equal(Results.ArticleConsume, Results.Query(_folder["tried"], Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(_folder["tried"], Results.PvUv));
        Assert.Equal(Results.ArticleConsume, await databases.ConsumeAsync());
        Assert.Equal(Results.ArticlePvUv, await databases.PvUvAsync());
    }

    [Fact(Timeout = 180_000)]
    public async Task A_row_that_a_database_refuses_for_good_is_a_dead_letter_and_the_999_others_of_its_batch_are_in_the_table()
    {
        await using var databases = await Databases.StartAsync();
        await databases.HologresAsync("ALTER TABLE consume ALTER COLUMN roleid TYPE varchar(10)");
        await databases.RdsAsync("ALTER TABLE result_cps_total_summary_pvuv_min MODIFY uv TINYINT");
        await Kcat.SendAsync(_broker.BootstrapServers, "game_consume_log", Enumerable.Range(0, 1_000).Select(i => ($"{i}",
            $$"""{"appkey":"app{{i}}","servertime":"2020-09-30 14:10:36","consumenum":1,"roleid":"{{(i == 500 ? "too long a role" : "role")}}","serverid":"1"}""")));
        // The hundred and twenty-eighth visitor of the day is one too many.
        await Kcat.SendAsync(_broker.BootstrapServers, "pv-uv", Enumerable.Range(0, 128).Select(i => ("2021-12-01",
            $$"""{"client_ip":"10.0.0.{{i}}","p_dt":"2021-12-01","c_time":"2021-12-01 {{i / 60 + 10}}:{{i % 60:00}}:00"}""")));

        await RunAsync([], "state", databases.Environment);

        Assert.Equal(999, (await databases.ConsumeAsync()).Length);
        Assert.Equal(127, (await databases.PvUvAsync()).Length);
        var recharge = Assert.Single(LetterTopic.Read(_broker.BootstrapServers, "game_consume_log.dead-letter"));
        Assert.Contains("reason=value too long for type character varying(10)", recharge, StringComparison.Ordinal);
        Assert.Contains("""{"appkey":"app500",""", recharge, StringComparison.Ordinal);
        var pvuv = Assert.Single(LetterTopic.Read(_broker.BootstrapServers, "pv-uv.dead-letter"));
        Assert.Contains("Out of range value for column 'uv'", pvuv, StringComparison.Ordinal);
        Assert.Contains("\"summary_min\":\"12:07\"", pvuv, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_million_events_leave_right_tables_though_servers_stop_connections_are_killed_and_tables_locked()
    {
        const int Events = 500_000;
        const int Step = Events / 5;
        await using var databases = await Databases.StartAsync();
        using var jobs = new TwoJobs(_broker.BootstrapServers, Events, databases);
        using var run = jobs.Run();

        jobs.Release(Step);
        await run.WaitUntilAsync(() => jobs.Flows.All(f => f.Committed > Step / 4));
        await Task.WhenAll(databases.Hologres.StopAsync(), databases.Rds.KillAsync());
        var committed = jobs.Flows.Sum(f => f.Committed);
        jobs.Release(Step);
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(committed, jobs.Flows.Sum(f => f.Committed));
        await Task.WhenAll(databases.Hologres.StartAsync(TestContext.Current.CancellationToken), databases.Rds.StartAsync(TestContext.Current.CancellationToken));
        await run.WaitUntilAsync(() => jobs.AreDone);
        _report.Say($"both servers away for five seconds: {committed} records committed before and during it, all {jobs.Flows.Sum(f => f.Sent)} sent so far after");

        jobs.Release(Step);
        var kills = 0;
        for (; !jobs.AreDone; kills++)
        {
            await databases.HologresAsync(KillHologres);
            await KillRdsAsync(databases);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
        _report.Say($"connections killed {kills} times, five times a second");
        Assert.True(kills > 1);

        jobs.Release(Step);
        await Task.WhenAll(
            databases.HologresAsync("BEGIN; LOCK TABLE consume IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT"),
            databases.RdsAsync("LOCK TABLES result_cps_total_summary_pvuv_min WRITE; SELECT SLEEP(3); UNLOCK TABLES"));
        await run.WaitUntilAsync(() => jobs.AreDone);

        jobs.Release(Step);
        await run.WaitUntilAsync(() => jobs.AreDone);
        await run.EndInOrderAsync();
        jobs.AssertRight(await databases.ConsumeAsync(), await databases.PvUvAsync());
    }

    private async Task<string> RunAsync(string[] options, string state, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        using var run = new CliProcess(
            ["run", Path.Combine(Repository.Root, "functions", "jobs"), "--until-idle", "--state", _folder[state], .. options],
            Brokers.At(_broker.BootstrapServers).Concat(environment));
        Assert.True(await run.WaitAsync() == 0, run.Text);
        return run.Text;
    }

    private static async Task KillRdsAsync(Databases databases)
    {
        foreach (var id in await databases.Rds.QueryAsync("", "SELECT id FROM information_schema.processlist WHERE db = 'game'", TestContext.Current.CancellationToken))
        {
            try
            {
                await databases.Rds.ExecuteAsync("", $"KILL {id}", TestContext.Current.CancellationToken);
            }
            catch (MySqlConnector.MySqlException e) when (e.ErrorCode == MySqlConnector.MySqlErrorCode.NoSuchThread)
            {
                // It went by itself.
            }
        }
    }

    private static (string Key, string Event)[] Keyed(string file, string field) =>
        [.. File.ReadAllLines(Repository.DemoFile(file)).Select(line => (JsonElement.Parse(line).GetProperty(field).GetString()!, line))];
}
