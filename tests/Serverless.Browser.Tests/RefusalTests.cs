using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class RefusalTests(ChromiumFixture chromium, DemoFixture demo) : BrowserTest(chromium)
{
    [Fact]
    public async Task The_page_says_a_refusal_in_words()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri((await demo.Demo).Address, "api/tables/sqlite_master/rows"), TestContext.Current.CancellationToken);
        var page = await NewPageAsync(await demo.Demo);
        ExpectFaults(page, "the server responded with a status of 404");
        await page.RouteAsync("**/api/tables/consume/rows*", route => route.ContinueAsync(new() { Url = route.Request.Url.Replace("/consume/", "/sqlite_master/", StringComparison.Ordinal) }));
        await page.GotoAsync((await demo.Demo).Address.ToString());
        await page.GetByTestId("job-card-recharge").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(await ApiTests.ErrorAsync(answer));
    }
}
