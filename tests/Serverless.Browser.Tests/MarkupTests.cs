using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class MarkupTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    private const string Markup = "<script>document.title='x'</script><img src=x onerror=\"document.title='x'\"><b>bold</b>";

    // Reasons quote forty characters of a value.
    private const string ShortMarkup = "<img src=x onerror=alert(1)>";

    [Fact(Timeout = 180_000)]
    public async Task Markup_in_rows_and_dead_letters_stays_text()
    {
        var orders = Own(await Orders.RunAsync(Order(Markup, "4.50"), Order("south", ShortMarkup)));
        var page = await NewPageAsync(orders);
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(new Uri(request.Url).AbsolutePath);
        await page.GotoAsync(orders.Address.ToString());
        await page.OpenDeadLettersAsync("orders");
        await Expect(page.GetByTestId("dead-letters-list")).ToContainTextAsync(ShortMarkup);

        await page.OpenJobAsync("orders");
        await page.HasPointsAsync([Markup], ("revenue", [4.5]));
        await Expect(page.Rows.First).ToContainTextAsync(Markup);

        // Over the bar, for its tooltip, which is drawn and changes the picture.
        var before = Convert.ToBase64String(await page.Chart.ScreenshotAsync());
        await page.Chart.HoverAsync();
        while (before == Convert.ToBase64String(await page.Chart.ScreenshotAsync()))
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();

        Assert.NotEqual("x", await page.TitleAsync());
        Assert.DoesNotContain("/x", requests);
        await Expect(page.Locator("img[src=x], body b, body script:not([src])")).ToHaveCountAsync(0);
    }

    private static string Order(string shop, string price) =>
        JsonSerializer.Serialize(new { shop, product = "tea", price, quantity = 1, ordered = "2026-05-01 09:12:00" });
}
