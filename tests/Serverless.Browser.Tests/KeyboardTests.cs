using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class KeyboardTests(ChromiumFixture chromium, PurchasesFixture purchases) : BrowserTest(chromium)
{
    [Fact]
    public async Task A_job_is_opened_its_day_changed_and_its_table_sorted_with_the_keyboard_alone()
    {
        var pvuv = Own(await PvUv.RunAsync(
            PvUv.View(1, "2021-12-01 08:00:00"), PvUv.View(2, "2021-12-01 08:01:00"), PvUv.View(3, "2021-12-02 09:00:00"), PvUv.View(4, "2021-12-03 10:00:00")));
        var page = await OpenAsync(pvuv);
        await Expect(page.GetByTestId("job-card-pvuv")).ToBeVisibleAsync();
        await page.TabToAsync("job-card-pvuv");
        await page.Keyboard.PressAsync("Enter");
        await page.HasPointsAsync(["10:00"], ("pv", [1]), ("uv", [1]));

        await page.TabToAsync("day-previous");
        await page.Keyboard.PressAsync("Enter");
        await page.HasPointsAsync(["09:00"], ("pv", [1]), ("uv", [1]));
        await page.TabToAsync("day-select");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.HasPointsAsync(["08:00", "08:01"], ("pv", [1, 2]), ("uv", [1, 2]));

        await page.TabToAsync("sort-pv");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Head("pv")).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(page.Rows.First).ToContainTextAsync("08:01");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Rows.First).ToContainTextAsync("08:00");
    }

    [Fact]
    public async Task A_measure_is_picked_rows_are_searched_and_saved_with_the_keyboard_alone()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.minutes");
        await page.TabToAsync("measure-select");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.HasPointsAsync(["08:00", "08:10", "08:20", "08:30", "08:40", "08:50"], ("amount", [300, 300, 300, 300, 300, 300]));
        await page.TabToAsync("log-scale");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.GetByTestId("log-scale")).ToBeCheckedAsync();
        await page.TabToAsync("save-png");
        await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        await page.TabToAsync("rows-search");
        await page.Keyboard.TypeAsync("08:40");
        await page.HasRowsAsync(["2026-05-03", "08:40", "1,500.00"]);
        await page.TabToAsync("save-csv");
        await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
    }
}
