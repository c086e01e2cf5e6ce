using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class NarrowTests(ChromiumFixture chromium, PurchasesFixture purchases) : BrowserTest(chromium)
{
    // What sticks out of what it is in: such a part is scrolled sideways, or cut.
    private const string Wide = """
        () => [...document.querySelectorAll('html, section, .scroll, .card, .field, .figures')].filter((e) => e.scrollWidth > e.clientWidth + 1)
          .map((e) => `${e.tagName} ${e.className}: ${e.scrollWidth} of ${e.clientWidth}`)
        """;

    [Theory]
    [InlineData("en-US")]
    [InlineData("zh-CN")]
    public async Task On_a_telephone_a_table_has_its_key_and_values_first_and_nothing_is_wider_than_the_screen(string locale)
    {
        var page = await OpenAsync(await purchases.Process, new() { Locale = locale, ViewportSize = new() { Width = 360, Height = 640 } });
        await Expect(page.GetByTestId("job-card-shop.apps").GetByTestId("chart")).ToBeVisibleAsync();
        Assert.Empty(await page.EvaluateAsync<string[]>(Wide));
        await page.OpenJobAsync("shop.apps");
        await Expect(page.Rows.First).ToContainTextAsync("no-space");
        await page.GetByTestId("options").ClickAsync();
        await Expect(page.GetByTestId("x-select")).ToBeVisibleAsync();
        Assert.Empty(await page.EvaluateAsync<string[]>(Wide));
        var heads = await page.GetByTestId("rows-table").Locator("th").AllInnerTextsAsync();
        Assert.Equal(["app", "amount", "last_sale", "orders", "day"], heads.Select(h => h.Trim(' ', '▲', '▼', '\n')));
        // The rest stands below the first, with its name.
        var (name, rest) = ((await page.Rows.First.Locator("td").First.BoundingBoxAsync())!, (await page.Rows.First.Locator("td").Nth(2).BoundingBoxAsync())!);
        Assert.True(rest.Y >= name.Y + name.Height - 1, $"{rest.Y} is not below {name.Y + name.Height}");
    }

    [Fact]
    public async Task On_a_telephone_a_jobs_chart_is_on_the_first_screen()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.minutes", new() { ViewportSize = new() { Width = 360, Height = 640 } });
        var chart = (await page.Chart.BoundingBoxAsync())!;
        Assert.InRange(chart.Y, 0, 450);
        await Expect(page.GetByTestId("status-shop.minutes")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("status-shop.apps")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(768)]
    [InlineData(1440)]
    public async Task A_name_of_300_characters_leaves_the_values_in_sight(int width)
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps", new() { ViewportSize = new() { Width = width, Height = 800 } });
        await Expect(page.Rows.First).ToContainTextAsync("no-space");
        Assert.Empty(await page.EvaluateAsync<string[]>(Wide));
    }

    [Fact]
    public async Task On_a_wide_screen_the_columns_are_the_tables()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps");
        await Expect(page.Rows.First).ToContainTextAsync("no-space");
        var heads = await page.GetByTestId("rows-table").Locator("th").AllInnerTextsAsync();
        Assert.Equal(["app", "last_sale", "orders", "day", "amount"], heads.Select(h => h.Trim(' ', '▲', '▼', '\n')));
    }
}
