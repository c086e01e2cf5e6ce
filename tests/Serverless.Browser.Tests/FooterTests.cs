using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class FooterTests(ChromiumFixture chromium, DemoFixture demo) : BrowserTest(chromium)
{
    [Fact]
    public async Task The_foot_says_what_runs_since_when_and_when_it_last_read_a_record_and_leads_to_the_data()
    {
        var page = await OpenAsync(await demo.Demo);
        var foot = page.GetByTestId("foot");
        await Expect(foot).ToContainTextAsync(new Regex(@"Serverless \d+\.\d+\.\d+"));
        await Expect(page.GetByTestId("uptime")).ToHaveTextAsync(new Regex(@"^up for \d+ (sec|min)"));
        await Expect(page.GetByTestId("last-record")).ToHaveTextAsync(new Regex(@"^last record read .*\d\d:\d\d:\d\d"));
        foreach (var (name, says) in ((string, string)[])[("jobs", "\"plan\""), ("tables", "\"columns\""), ("status", "\"lastRead\"")])
            await AssertLeadsToAsync(page, name, says);
        await AssertLeadsToAsync(page, "Metrics", "serverless_records_total");
    }

    [Fact]
    public async Task With_a_key_the_links_show_the_data_too_and_the_key_is_in_no_address()
    {
        var orders = Own(await Orders.RunOnAllAddressesAsync());
        var page = await NewPageAsync(orders);
        await page.GotoAsync($"{orders.Address}#token={Orders.Token}");
        var opened = await page.RunAndWaitForPopupAsync(() => page.GetByTestId("foot").GetByText("status").ClickAsync());
        await Expect(opened.Locator("body")).ToContainTextAsync("\"recordsPerSecond\"");
        Assert.StartsWith("blob:", opened.Url, StringComparison.Ordinal);
    }

    private static async Task AssertLeadsToAsync(IPage page, string name, string says)
    {
        var address = await page.GetByTestId("foot").GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).GetAttributeAsync("href");
        var answer = await page.APIRequest.GetAsync(new Uri(new Uri(page.Url), address!).ToString());
        Assert.Contains(says, await answer.TextAsync(), StringComparison.Ordinal);
    }
}
