using System.Globalization;
using System.Text.Json;

namespace Serverless.EndToEnd.Tests;

public sealed class OtherClientTests : IDisposable
{
    private readonly Report _report = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _report.Dispose();
    }

    [Fact(Timeout = 180_000)]
    public async Task The_articles_messages_from_kcat_read_by_two_processes_one_after_another_leave_the_articles_tables()
    {
        var began = DateTime.UtcNow;
        using var broker = new CliProcess(["broker", "game_consume_log:3", "pv-uv:3"]);
        var address = await Brokers.AddressAsync(broker);
        var recharges = Keyed("game_consume_log.jsonl", "appkey");
        var tracks = Keyed("pv-uv.jsonl", "p_dt");

        await Kcat.SendAsync(address, "game_consume_log", recharges[..1]);
        await Kcat.SendAsync(address, "game_consume_log", recharges[1..3]);
        await Kcat.SendAsync(address, "pv-uv", tracks[..1]);
        await RunAsync(address);
        Assert.Equal(
            ["appkey1 | 1 | 2020-09-30 14:13:36 | roleid1 | 65.6 | 2020-09-30", "appkey2 | 2 | 2020-09-30 14:11:36 | roleid2 | 30.8 | 2020-09-30"],
            Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(Results.ArticlePvUv[..1], Results.Query(_folder["state"], Results.PvUv));

        await Kcat.SendAsync(address, "pv-uv", tracks[1..2]);
        await Kcat.SendAsync(address, "game_consume_log", recharges[3..4]);
        await Kcat.SendAsync(address, "pv-uv", tracks[2..]);
        await Kcat.SendAsync(address, "game_consume_log", recharges[4..]);
        await RunAsync(address);
        Assert.Equal(Results.ArticleConsume, Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(_folder["state"], Results.PvUv));
        Assert.All(
            Results.Query(_folder["state"], "SELECT currenttime FROM result_cps_total_summary_pvuv_min"),
            time => Assert.InRange(DateTime.Parse(time, CultureInfo.InvariantCulture), began.AddSeconds(-1), DateTime.UtcNow));
        Assert.Empty(Results.Query(_folder["state"], Results.DeadLetters));
        Assert.Equal(0, await broker.StopAsync());
    }

    // As a user writes it, in the repository's folder: the shell expands the pattern, or the command does.
    private async Task RunAsync(string address)
    {
        var scripts = Path.Combine(Repository.Root, "functions", "jobs", "*.sql");
        using var run = new CliProcess(["run", scripts, "--embedded-sinks", "--until-idle", "--state", _folder["state"]], Brokers.At(address));
        Assert.True(await run.WaitAsync() == 0, run.Text);
    }

    private static (string Key, string Event)[] Keyed(string file, string field) =>
        [.. File.ReadAllLines(Repository.DemoFile(file)).Select(line => (JsonElement.Parse(line).GetProperty(field).GetString()!, line))];
}
