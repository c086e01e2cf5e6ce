using System.Globalization;
using System.Text;

namespace Serverless.Local.Tests;

/// <summary>Processes that may have little memory.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Groups_that_do_not_fit_into_memory_leave_it_and_come_back()
    {
        const int Groups = 60_000;
        var lines = new StringBuilder();
        for (var i = 0; i < Groups + 1_000; i++)
            lines.Append(CultureInfo.InvariantCulture, $$"""{"appkey":"application-{{i % Groups}}","servertime":"2020-09-30 14:10:36","consumenum":1,"roleid":"r","serverid":"s"}""").Append('\n');

        var (exitCode, text) = await RunAsync("recharge.sql", "game_consume_log", lines.ToString(), megabytes: 80);

        Assert.True(exitCode == 0, text);
        Assert.Equal([$"{Groups} | 61000"], Results.Query(_folder["state"], "SELECT COUNT(*), CAST(SUM(amount) AS INTEGER) FROM consume"));
    }

    [Fact]
    public async Task A_group_that_does_not_fit_into_memory_ends_the_run_with_advice()
    {
        var lines = new StringBuilder();
        for (var i = 0; i < 400_000; i++)
            lines.Append(CultureInfo.InvariantCulture, $$"""{"client_ip":"visitor-{{i}}","p_dt":"2021-12-01","c_time":"2021-12-01 19:11:00"}""").Append('\n');

        var (exitCode, text) = await RunAsync("pvuv.sql", "pv-uv", lines.ToString(), megabytes: 40);

        Assert.True(exitCode == ExitCode.Failed, text);
        Assert.Contains("error: ", text, StringComparison.Ordinal);
        Assert.Contains(
            "give the process more memory (its container's limit, or DOTNET_GCHeapHardLimit), or keep less state with 'table.exec.state.ttl'; nothing is lost: the next run with the same --state and the same brokers goes on where this one ends",
            text, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Text)> RunAsync(string job, string topic, string lines, int megabytes)
    {
        var file = _folder.Write("lines.jsonl", lines);
        using var run = new CliProcess(
            ["run", Repository.Job(job), "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"{topic}={file}"],
            [KeyValuePair.Create("DOTNET_GCHeapHardLimit", (string?)string.Create(CultureInfo.InvariantCulture, $"0x{megabytes << 20:x}"))]);
        return (await run.WaitAsync(), run.Text);
    }
}
