using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class SeedTests(ChromiumFixture chromium, DemoFixture demo) : BrowserTest(chromium)
{
    private static readonly (string, double[])[] PvUvSeries = [("pv", [1, 2, 3]), ("uv", [1, 2, 3])];

    [Fact]
    public async Task The_overview_draws_both_jobs()
    {
        var page = await OpenAsync(await demo.Demo);
        await Expect(Chart(page, "pvuv")).ToHaveAttributeAsync("data-points", PageExtensions.Points(["19:11", "19:12", "19:13"], PvUvSeries));
        await Expect(Chart(page, "recharge")).ToHaveAttributeAsync("data-points", PageExtensions.Points(["appkey1", "appkey2"], ("amount", [139.4, 64.6])));
    }

    [Fact]
    public async Task The_line_and_the_table_of_pvuv_are_the_articles()
    {
        var page = await OpenJobAsync(await demo.Demo, "pvuv");
        await Expect(page.GetByTestId("day-select")).ToHaveValueAsync("2021-12-01");
        await page.HasPointsAsync(["19:11", "19:12", "19:13"], PvUvSeries);
        await page.SortAsync("summary_min", "ascending");
        await page.HasRowsAsync(["2021-12-01", "19:11", "1", "1"], ["2021-12-01", "19:12", "2", "2"], ["2021-12-01", "19:13", "3", "3"]);
    }

    [Fact]
    public async Task The_bars_and_the_table_of_recharge_are_the_articles()
    {
        var page = await OpenJobAsync(await demo.Demo, "recharge");
        await Expect(page.GetByTestId("day-select")).ToHaveValueAsync("2020-09-30");
        await page.HasPointsAsync(["appkey1", "appkey2"], ("amount", [139.4, 64.6]));
        await page.SortAsync("appkey", "ascending");
        await page.HasRowsAsync(["appkey1", "1", "2020-09-30 14:30:36", "roleid1", "139.4", "2020-09-30"], ["appkey2", "2", "2020-09-30 14:20:36", "roleid2", "64.6", "2020-09-30"]);
    }

    [Fact]
    public async Task The_status_of_each_job_counts_what_it_read_and_wrote()
    {
        var page = await OpenAsync(await demo.Demo);
        await AssertStatusAsync(page, "recharge", records: 5, groups: 2, rows: 2);
        await AssertStatusAsync(page, "pvuv", records: 3, groups: 1, rows: 3);
    }

    private static async Task AssertStatusAsync(IPage page, string job, int records, int groups, int rows)
    {
        var status = page.GetByTestId($"status-{job}");
        await Expect(status.GetByTestId("records")).ToHaveTextAsync($"{records}");
        await Expect(status.GetByTestId("groups")).ToHaveTextAsync($"{groups}");
        await Expect(status.GetByTestId("rows-written")).ToHaveTextAsync($"{rows}");
        await Expect(status.GetByTestId("lag")).ToHaveTextAsync("0");
        await Expect(status.GetByTestId("dead-letters")).ToHaveTextAsync("0");
        await Expect(status.GetByTestId("sink")).ToContainTextAsync("Up");
    }

    private static ILocator Chart(IPage page, string job) => page.GetByTestId($"job-card-{job}").GetByTestId("chart");
}
