using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class RowsTests(ChromiumFixture chromium, PurchasesFixture purchases) : BrowserTest(chromium)
{
    [Fact]
    public async Task Numbers_are_grouped_and_have_their_columns_scale_and_what_cannot_be_seen_is_written_out()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps");
        await page.SortAsync("amount", "descending");
        await Expect(page.Rows.First.Locator("td").Last).ToHaveTextAsync("12,345.50");
        await Expect(page.Rows.Nth(1)).ToContainTextAsync(Purchases.Markup);
        await Expect(page.Rows.Nth(2).Locator("td").First).ToHaveTextAsync(@"a\u202etxt.exe\u0000\u001b[31m");
    }

    [Fact]
    public async Task Of_200_apps_the_greatest_are_drawn_and_no_name_turns_the_text_around_it()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("The 30 greatest by amount; there are more.");
        await Expect(page.Chart).ToHaveAttributeAsync("aria-label", new Regex("30 bars, the greatest 12,345.50"));
        await Expect(page.Rows).ToHaveCountAsync(200);
        Assert.False(await page.EvaluateAsync<bool>("() => /[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText)"));
    }

    [Fact]
    public async Task A_row_beyond_those_that_are_shown_is_found()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps");
        await Expect(page.Rows).ToHaveCountAsync(200);
        await page.GetByTestId("rows-search").FillAsync("-2,500.25");
        await Expect(page.Rows).ToHaveCountAsync(1);
        await Expect(page.Rows.First).ToContainTextAsync("returns");
        await Expect(page.GetByTestId("rows-count")).ToHaveTextAsync("1 of 210 rows");
        await page.GetByTestId("rows-search").FillAsync("");
        await Expect(page.Rows).ToHaveCountAsync(210);
    }

    [Fact]
    public async Task The_rows_are_saved_as_CSV_and_the_chart_as_PNG()
    {
        var page = await OpenJobAsync(await purchases.Process, "shop.apps");
        await page.GetByTestId("rows-search").FillAsync("returns");
        await Expect(page.Rows).ToHaveCountAsync(1);
        var csv = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("save-csv").ClickAsync());
        Assert.Equal("apps-2026-05-02.csv", csv.SuggestedFilename);
        Assert.Equal(
            "\ufeffapp,last_sale,orders,day,amount\r\nreturns,2026-05-02 11:00:00,1,2026-05-02,-2500.25\r\n",
            System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(await csv.PathAsync(), TestContext.Current.CancellationToken)));

        var png = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("save-png").ClickAsync());
        Assert.Equal("apps-2026-05-02.png", png.SuggestedFilename);
        var bytes = await File.ReadAllBytesAsync(await png.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal("PNG", System.Text.Encoding.ASCII.GetString(bytes[1..4]));
        Assert.InRange(bytes.Length, 10_000, 1_000_000);
    }
}
