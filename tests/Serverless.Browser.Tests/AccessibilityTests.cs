using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class AccessibilityTests(ChromiumFixture chromium, PurchasesFixture purchases) : BrowserTest(chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_view_has_a_fault(ColorScheme scheme)
    {
        var orders = Own(await Orders.RunAsync());
        var page = await OpenAsync(orders, new() { ColorScheme = scheme });
        await Expect(page.GetByTestId("job-card-orders").GetByTestId("chart")).ToBeVisibleAsync();
        await page.OpenDeadLettersAsync("orders");
        await Expect(page.GetByTestId("dead-letters-list")).ToContainTextAsync("cheap");
        await AssertAccessibleAsync(page);
        await page.OpenJobAsync("orders");
        await Expect(page.Rows).ToHaveCountAsync(1);
        await AssertAccessibleAsync(page);
    }

    [Theory]
    [InlineData("en-US", 1440)]
    [InlineData("zh-CN", 360)]
    public async Task Nor_has_one_of_many_rows_and_hard_names_on_any_screen(string locale, int width)
    {
        var page = await OpenAsync(await purchases.Process, new() { Locale = locale, ViewportSize = new() { Width = width, Height = 800 } });
        await Expect(page.GetByTestId("job-card-shop.apps").GetByTestId("chart")).ToBeVisibleAsync();
        await AssertAccessibleAsync(page);
        await page.OpenJobAsync("shop.apps");
        await Expect(page.Rows).ToHaveCountAsync(200);
        await AssertAccessibleAsync(page);
        if (width == 360)
            await page.GetByTestId("options").ClickAsync();
        await page.GetByTestId("kind-select").SelectOptionAsync("table");
        await page.GetByTestId("rows-search").FillAsync("nowhere to be found");
        await Expect(page.Rows).ToHaveCountAsync(0);
        await AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_screen_reader_hears_what_numbers_are_of()
    {
        var orders = Own(await Orders.RunAsync());
        var page = await OpenAsync(orders);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Dead letters 1", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Lag 0", Exact = true })).ToBeVisibleAsync();
        await page.OpenJobAsync("orders");
        await Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = "north", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = new("orders: revenue, 2026-05-02; revenue: 1 bar, the greatest 13.20") })).ToBeVisibleAsync();
    }

    internal static async Task AssertAccessibleAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations.Select(Describe));
    }

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id}: {violation.Help}: {string.Join("; ", violation.Nodes.Select(n => $"{n.Html} ({string.Join(", ", n.Any.Select(c => c.Message))})"))}";
}
