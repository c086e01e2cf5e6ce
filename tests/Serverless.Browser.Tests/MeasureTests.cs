using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class MeasureTests(ChromiumFixture chromium, PurchasesFixture purchases) : BrowserTest(chromium)
{
    private static readonly string[] Minutes = ["08:00", "08:10", "08:20", "08:30", "08:40", "08:50"];

    [Fact]
    public async Task Bars_are_shares_of_all_rows_and_not_of_those_that_are_drawn()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps");
        await page.GetByTestId("measure-select").SelectOptionAsync("share");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("%");
        var all = (Purchases.Apps * (Purchases.Apps + 1) / 2) + Purchases.Hard.Sum(h => h.Amount ?? 0);
        var shares = await FirstSeriesAsync(page);
        Assert.Equal(30, shares.Length);
        Assert.Equal((double)(12345.5m / all) * 100, shares[0], 6);

        await page.GetByTestId("measure-select").SelectOptionAsync("cumulative");
        await Expect(page.Locator("section[aria-busy=true]")).ToHaveCountAsync(0);
        var running = await FirstSeriesAsync(page);
        Assert.Equal(shares[0] + shares[1] + shares[2], running[2], 6);
    }

    [Fact]
    public async Task A_line_is_what_came_in_each_step_with_the_day_before_beside_it_and_the_address_keeps_it()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.minutes");
        await page.HasPointsAsync(Minutes, ("amount", [300, 600, 900, 1200, 1500, 1800]));
        await page.GetByTestId("measure-select").SelectOptionAsync("difference");
        await page.HasPointsAsync(Minutes, ("amount", [300, 300, 300, 300, 300, 300]));
        await page.GetByTestId("days-select").SelectOptionAsync("2");
        await AssertTwoDaysAsync(page);
        await page.ReloadAsync();
        await AssertTwoDaysAsync(page);

        await page.GetByTestId("days-select").SelectOptionAsync("7");
        await page.GetByTestId("measure-select").SelectOptionAsync("value");
        await page.HasPointsAsync(
            Minutes,
            ("amount · 2026-05-03", [300, 600, 900, 1200, 1500, 1800]),
            ("amount · 2026-05-02", [200, 400, 600, 800, 1000, 1200]),
            ("amount · 2026-05-01", [100, 200, 300, 400, 500, 600]));
    }

    [Fact]
    public async Task On_a_log_scale_values_stay_what_they_are()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.minutes");
        await page.GetByTestId("log-scale").CheckAsync();
        await page.HasPointsAsync(Minutes, ("amount", [300, 600, 900, 1200, 1500, 1800]));
        Assert.Contains("scale=log", page.Url, StringComparison.Ordinal);
    }

    private static Task AssertTwoDaysAsync(IPage page) =>
        page.HasPointsAsync(Minutes, ("amount · 2026-05-03", [300, 300, 300, 300, 300, 300]), ("amount · 2026-05-02", [200, 200, 200, 200, 200, 200]));

    private static async Task<double[]> FirstSeriesAsync(IPage page)
    {
        using var points = JsonDocument.Parse((await page.Chart.GetAttributeAsync("data-points"))!);
        return [.. points.RootElement.GetProperty("series").EnumerateObject().First().Value.EnumerateArray().Select(v => v.GetDouble())];
    }
}
