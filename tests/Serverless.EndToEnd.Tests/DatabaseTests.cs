using System.Text.Json;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

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

        using var run = new CliProcess(
            ["run", Path.Combine(Repository.Root, "functions", "jobs"), "--until-idle", "--state", _folder["state"]],
            Brokers.At(_broker.BootstrapServers).Concat(databases.Environment));
        Assert.True(await run.WaitAsync() == 0, run.Text);

        Assert.Equal(Results.ArticleConsume, await databases.ConsumeAsync());
        Assert.Equal(Results.ArticlePvUv, await databases.PvUvAsync());
        Assert.DoesNotContain("s3cret", run.Text, StringComparison.Ordinal);
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
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(committed, jobs.Flows.Sum(f => f.Committed));
        await Task.WhenAll(databases.Hologres.StartAsync(TestContext.Current.CancellationToken), databases.Rds.StartAsync(TestContext.Current.CancellationToken));
        await run.WaitUntilAsync(() => jobs.AreDone);
        _report.Say($"both servers away for ten seconds: {committed} records committed before and during it, all {jobs.Flows.Sum(f => f.Sent)} sent so far after");

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
            databases.HologresAsync("BEGIN; LOCK TABLE consume IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(5); COMMIT"),
            databases.RdsAsync("LOCK TABLES result_cps_total_summary_pvuv_min WRITE; SELECT SLEEP(5); UNLOCK TABLES"));
        await run.WaitUntilAsync(() => jobs.AreDone);

        jobs.Release(Step);
        await run.WaitUntilAsync(() => jobs.AreDone);
        await run.EndInOrderAsync();
        jobs.AssertRight(await databases.ConsumeAsync(), await databases.PvUvAsync());
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
