using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class AccessibilityTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_view_has_a_serious_fault(ColorScheme scheme)
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

    internal static async Task AssertAccessibleAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations.Where(v => v.Impact is "serious" or "critical").Select(Describe));
    }

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id}: {violation.Help}: {string.Join("; ", violation.Nodes.Select(n => $"{n.Html} ({string.Join(", ", n.Any.Select(c => c.Message))})"))}";
}
