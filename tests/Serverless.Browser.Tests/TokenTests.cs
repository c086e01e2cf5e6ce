using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class TokenTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task Where_all_addresses_are_listened_on_the_page_asks_for_the_token()
    {
        var orders = Own(await Orders.RunOnAllAddressesAsync());
        var page = await NewPageAsync(orders);
        ExpectFaults(page, "the server responded with a status of 401");
        await page.GotoAsync(orders.Address.ToString());
        var form = page.GetByTestId("token-form");
        await Expect(form).ToBeVisibleAsync();
        await AccessibilityTests.AssertAccessibleAsync(page);
        await form.Locator("input").FillAsync("another");
        await form.Locator("input").PressAsync("Enter");
        await Expect(form).ToContainTextAsync("refused");
        await form.Locator("input").FillAsync(Orders.Token);
        await form.Locator("button").ClickAsync();
        await page.OpenJobAsync("orders");
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        await page.ReloadAsync();
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        Assert.DoesNotContain(Orders.Token, page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_the_address_is_taken_and_gone_from_it()
    {
        var orders = Own(await Orders.RunOnAllAddressesAsync());
        var page = await NewPageAsync(orders);
        await page.GotoAsync($"{orders.Address}#token={Orders.Token}");
        await page.OpenJobAsync("orders");
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        Assert.DoesNotContain(Orders.Token, page.Url, StringComparison.Ordinal);
        await page.GoBackAsync();
        Assert.DoesNotContain(Orders.Token, page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(Orders.Token, orders.Text, StringComparison.Ordinal);
    }
}
