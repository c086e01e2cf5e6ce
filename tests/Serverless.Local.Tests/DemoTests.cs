using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Serverless.Local.Tests;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_prints_the_tables_of_the_articles_eight_messages_within_seconds()
    {
        var watch = Stopwatch.StartNew();
        var result = await Cli.RunAsync("--until-idle");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] expected =
        [
            "consume",
            "appkey | serverid | servertime | roleid | amount | dt",
            .. Results.ArticleConsume,
            "",
            "result_cps_total_summary_pvuv_min",
            "summary_date | summary_min | pv | uv | currenttime",
            .. Results.ArticlePvUv.Select(r => r + " | (now)"),
            "",
        ];
        var start = Array.IndexOf(result.Lines, "consume");
        Assert.Equal(expected, result.Lines[start..(start + expected.Length)].Select(l => Now().Replace(l, "(now)")));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Without_until_idle_the_demo_streams_a_day_until_it_is_stopped_and_then_ends_well_with_its_tables()
    {
        using var process = new CliProcess(["--no-dashboard"]);
        await process.WaitForLineAsync(l => l.Contains("the jobs until Ctrl+C", StringComparison.Ordinal));
        await process.WaitForLineAsync(l => l.StartsWith("pvuv: ", StringComparison.Ordinal));
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains("appkey8", process.Text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6,7}")]
    private static partial Regex Now();
}
