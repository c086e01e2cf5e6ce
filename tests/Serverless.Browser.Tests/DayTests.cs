using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class DayTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    private static readonly string[] ThreeDays =
    [
        PvUv.View(1, "2021-12-01 08:00:00"), PvUv.View(2, "2021-12-02 09:00:00"), PvUv.View(3, "2021-12-02 09:01:00"), PvUv.View(4, "2021-12-04 10:00:00"),
    ];

    [Fact]
    public async Task The_newest_day_is_drawn_and_others_by_previous_next_and_choice()
    {
        var pvuv = Own(await PvUv.RunAsync(ThreeDays));
        var page = await OpenJobAsync(pvuv, "pvuv");
        await AssertDayAsync(page, "2021-12-04", ["10:00"]);
        await Expect(page.GetByTestId("day-next")).ToBeDisabledAsync();

        await page.GetByTestId("day-previous").ClickAsync();
        await AssertDayAsync(page, "2021-12-02", ["09:00", "09:01"]);
        await page.GetByTestId("day-previous").ClickAsync();
        await AssertDayAsync(page, "2021-12-01", ["08:00"]);
        await Expect(page.GetByTestId("day-previous")).ToBeDisabledAsync();
        await page.GetByTestId("day-next").ClickAsync();
        await AssertDayAsync(page, "2021-12-02", ["09:00", "09:01"]);
        await page.GetByTestId("day-select").SelectOptionAsync("2021-12-01");
        await AssertDayAsync(page, "2021-12-01", ["08:00"]);
    }

    [Fact]
    public async Task A_day_that_was_chosen_stays_when_the_page_is_loaded_again_and_when_a_newer_day_comes_to_choose_from()
    {
        var pvuv = Own(await PvUv.RunAsync(ThreeDays));
        var page = await OpenJobAsync(pvuv, "pvuv");
        await page.GetByTestId("day-select").SelectOptionAsync("2021-12-02");
        await AssertDayAsync(page, "2021-12-02", ["09:00", "09:01"]);
        await page.ReloadAsync();
        await AssertDayAsync(page, "2021-12-02", ["09:00", "09:01"]);

        await pvuv.SendAsync(PvUv.Topic, PvUv.View(1, "2021-12-05 11:00:00"));
        await Expect(page.GetByTestId("status-pvuv").GetByTestId("rows-written")).ToHaveTextAsync("5");
        await Expect(page.GetByTestId("day-select").Locator("option").First).ToContainTextAsync("2021-12-05");
        await AssertDayAsync(page, "2021-12-02", ["09:00", "09:01"]);
    }

    [Fact]
    public async Task Who_looks_at_the_newest_day_follows_when_a_newer_one_comes()
    {
        var pvuv = Own(await PvUv.RunAsync(ThreeDays));
        var page = await OpenJobAsync(pvuv, "pvuv");
        await AssertDayAsync(page, "2021-12-04", ["10:00"]);
        await pvuv.SendAsync(PvUv.Topic, PvUv.View(1, "2021-12-05 11:00:00"));
        await AssertDayAsync(page, "2021-12-05", ["11:00"]);
    }

    private static async Task AssertDayAsync(IPage page, string day, string[] minutes)
    {
        await Expect(page.GetByTestId("day-select")).ToHaveValueAsync(day);
        var counts = Enumerable.Range(1, minutes.Length).Select(n => (double)n).ToArray();
        await page.HasPointsAsync(minutes, ("pv", counts), ("uv", counts));
        await Expect(page.Rows).ToHaveCountAsync(minutes.Length);
        foreach (var row in await page.Rows.AllAsync())
            await Expect(row).ToContainTextAsync(day);
    }
}
