using System.Net;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class TokenTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    private const string Token = "a-token-for-this-test-alone";
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task Where_all_addresses_are_listened_on_the_page_asks_for_the_token()
    {
        var orders = Own(await RunAsync());
        var page = await NewPageAsync(orders);
        ExpectFaults(page, "the server responded with a status of 401");
        await page.GotoAsync(orders.Address.ToString());
        var form = page.GetByTestId("token-form");
        await Expect(form).ToBeVisibleAsync();
        await AccessibilityTests.AssertAccessibleAsync(page);
        await form.Locator("input").FillAsync("another");
        await form.Locator("input").PressAsync("Enter");
        await Expect(form).ToContainTextAsync("refused");
        await form.Locator("input").FillAsync(Token);
        await form.Locator("button").ClickAsync();
        await page.OpenJobAsync("orders");
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        await page.ReloadAsync();
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        Assert.DoesNotContain(Token, page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_the_address_is_taken_and_gone_from_it()
    {
        var orders = Own(await RunAsync());
        var page = await NewPageAsync(orders);
        await page.GotoAsync($"{orders.Address}#token={Token}");
        await page.OpenJobAsync("orders");
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        Assert.DoesNotContain(Token, page.Url, StringComparison.Ordinal);
        await page.GoBackAsync();
        Assert.DoesNotContain(Token, page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, orders.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_it_the_data_are_refused()
    {
        var orders = Own(await RunAsync());
        foreach (var path in (string[])["api/jobs", "api/tables", "api/tables/sales/rows", "api/tables/sales/values/sold", "api/status", "api/events", "metrics"])
        {
            using var answer = await Client.GetAsync(new Uri(orders.Address, path), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, answer.StatusCode));
        }
    }

    private static Task<DashboardProcess> RunAsync() => DashboardProcess.ScriptAsync(
        "orders", Readme.File("orders.sql"), "orders", Readme.File("orders.jsonl").Split('\n'), "0.0.0.0:0", [new("SERVERLESS_DASHBOARD_TOKEN", Token)]);
}
