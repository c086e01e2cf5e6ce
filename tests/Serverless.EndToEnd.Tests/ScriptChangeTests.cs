using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

public sealed class ScriptChangeTests : IDisposable
{
    private readonly EmbeddedBroker _broker = TwoJobs.StartBroker();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _broker.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 180_000)]
    public async Task Databases_that_take_the_place_of_embedded_sinks_get_every_row()
    {
        await using var databases = await Databases.StartAsync();
        await Kcat.SendAsync(_broker.BootstrapServers, "game_consume_log", await RecordsAsync("game_consume_log.jsonl"));
        await Kcat.SendAsync(_broker.BootstrapServers, "pv-uv", await RecordsAsync("pv-uv.jsonl"));
        string[] args = ["run", Path.Combine(Repository.Root, "functions", "jobs"), "--until-idle", "--state", _folder["state"]];
        using (var embedded = new CliProcess([.. args, "--embedded-sinks"], Brokers.At(_broker.BootstrapServers).Concat(databases.Environment)))
            Assert.True(await embedded.WaitAsync() == 0, embedded.Text);
        Assert.Empty(await databases.ConsumeAsync());

        using var run = new CliProcess(args, Brokers.At(_broker.BootstrapServers).Concat(databases.Environment));
        Assert.True(await run.WaitAsync() == 0, run.Text);
        Assert.Equal(Results.ArticleConsume, await databases.ConsumeAsync());
        Assert.Equal(Results.ArticlePvUv, await databases.PvUvAsync());
        Assert.Contains("Job recharge has written 2 rows again and deleted 0 that it no longer makes; rows that were written to 'consume' of the embedded sinks", run.Text, StringComparison.Ordinal);
        Assert.Contains("recharge: 0 records, 2 groups, 2 rows written", run.Text, StringComparison.Ordinal);

        // A table that was emptied by hand, and one from which something was taken.
        await databases.HologresAsync("DELETE FROM consume");
        await databases.RdsAsync("DELETE FROM result_cps_total_summary_pvuv_min WHERE pv = 1");
        using var rewrite = new CliProcess([.. args, "--rewrite"], Brokers.At(_broker.BootstrapServers).Concat(databases.Environment));
        Assert.True(await rewrite.WaitAsync() == 0, rewrite.Text);
        Assert.Equal(Results.ArticleConsume, await databases.ConsumeAsync());
        Assert.Equal(Results.ArticlePvUv, await databases.PvUvAsync());
        Assert.DoesNotContain("s3cret", run.Text + rewrite.Text, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<(string, string)>> RecordsAsync(string file) =>
        (await File.ReadAllLinesAsync(Repository.DemoFile(file), TestContext.Current.CancellationToken)).Select(line => ("key", line));
}
