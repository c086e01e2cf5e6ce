using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class OwnJobTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task A_job_of_ones_own_is_drawn_without_a_setting()
    {
        var orders = Own(await Orders.RunAsync());
        var page = await OpenJobAsync(orders, "orders");
        await Expect(page.GetByTestId("day-select")).ToHaveValueAsync("2026-05-02");
        await page.HasPointsAsync(["north"], ("revenue", [13.2]));
        await page.GetByTestId("day-previous").ClickAsync();
        await page.HasPointsAsync(["north", "south"], ("revenue", [21, 4.5]));
    }

    [Fact]
    public async Task Its_columns_are_chosen_for_bars_and_for_a_line()
    {
        var orders = Own(await Orders.RunAsync());
        var page = await OpenJobAsync(orders, "orders");
        await page.GetByTestId("day-select").SelectOptionAsync("2026-05-01");
        await page.GetByTestId("series-orders").CheckAsync();
        await page.GetByTestId("series-revenue").UncheckAsync();
        await page.HasPointsAsync(["north", "south"], ("orders", [2, 1]));

        await page.GetByTestId("kind-select").SelectOptionAsync("line");
        await page.GetByTestId("x-select").SelectOptionAsync("products");
        await page.HasPointsAsync(["1", "2"], ("orders · north", [double.NaN, 2]), ("orders · south", [1, double.NaN]));
    }

    [Fact]
    public async Task A_dead_letter_shows_with_its_reason()
    {
        var orders = Own(await Orders.RunAsync());
        var page = await OpenAsync(orders);
        await page.OpenDeadLettersAsync("orders");
        await Expect(page.GetByTestId("dead-letters-list")).ToContainTextAsync("field 'price' cannot be DECIMAL(10, 2): 'cheap'");

        await orders.SendAsync("orders", "no json");
        await Expect(page.GetByTestId("status-orders").GetByTestId("dead-letters")).ToHaveTextAsync("2");
        await Expect(page.GetByTestId("dead-letters-list").Locator("li")).ToHaveCountAsync(2);
    }
}
