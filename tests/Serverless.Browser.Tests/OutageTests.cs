using System.Globalization;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class OutageTests(ChromiumFixture chromium) : BrowserTest(chromium)
{
    [Fact]
    public async Task A_sink_that_goes_away_is_said_to_be_down_until_it_is_back()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(stop);
        var sales = Own(await DashboardProcess.WithDatabaseAsync("sales", Script(server)));
        await sales.SendAsync("orders", """{"shop":"north","price":1.5}""");
        var page = await OpenJobAsync(sales, "sales");
        var sink = page.GetByTestId("status-sales").GetByTestId("sink");
        await Expect(sink).ToContainTextAsync("Up");
        await page.HasPointsAsync(["north"], ("amount", [1.5]));

        ExpectFaults(page, "the server responded with a status of 503");
        await server.StopAsync();
        await sales.SendAsync("orders", """{"shop":"south","price":4}""");
        await Expect(sink).ToContainTextAsync("Down");
        await page.HasPointsAsync(["north"], ("amount", [1.5]));

        await server.StartAsync(stop);
        await Expect(sink).ToContainTextAsync("Up", new() { Timeout = 60_000 });
        await page.HasPointsAsync(["south", "north"], ("amount", [4, 1.5]));
    }

    [Fact]
    public async Task A_sink_that_is_away_when_the_jobs_start_is_said_to_be_down_and_its_rows_come_when_it_does()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var server = await StartAsync(stop);
        await server.StopAsync();
        var sales = Own(await DashboardProcess.WithDatabaseAsync("sales", Script(server)));
        await sales.SendAsync("orders", """{"shop":"north","price":1.5}""");
        var page = await NewPageAsync(sales);
        ExpectFaults(page, "the server responded with a status of 503");
        await page.GotoAsync(sales.Address.ToString());
        var sink = page.GetByTestId("status-sales").GetByTestId("sink");
        await Expect(sink).ToContainTextAsync("Down");

        await server.StartAsync(stop);
        await Expect(sink).ToContainTextAsync("Up", new() { Timeout = 60_000 });
        await page.OpenJobAsync("sales");
        await page.HasPointsAsync(["north"], ("amount", [1.5]));
    }

    [Fact]
    public async Task A_source_whose_brokers_are_away_is_said_to_be_down_with_the_reason_beside_its_sink()
    {
        var sales = Own(await DashboardProcess.WithoutBrokerAsync("sales", """
            CREATE TABLE orders (shop STRING, price DECIMAL(10, 2)) WITH (
              'connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '127.0.0.1:1', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
            CREATE TABLE sales (shop STRING, amount DECIMAL(10, 2), PRIMARY KEY (shop) NOT ENFORCED) WITH (
              'connector' = 'jdbc', 'url' = 'jdbc:postgresql://none/none', 'table-name' = 'sales', 'username' = 'none', 'password' = '${NONE:-}');
            INSERT INTO sales SELECT shop, SUM(price) FROM orders GROUP BY shop;
            """));
        var page = await OpenAsync(sales);
        var status = page.GetByTestId("status-sales");
        await Expect(status.GetByTestId("source")).ToContainTextAsync("Down");
        await Expect(status.GetByTestId("source")).ToContainTextAsync("127.0.0.1:1");
        await Expect(status.GetByTestId("sink")).Not.ToContainTextAsync("Down");
    }

    private static async Task<PostgreSqlServer> StartAsync(CancellationToken stop)
    {
        var server = await PostgreSqlServer.StartAsync([], stop);
        await server.CreateDatabaseAsync("shop", stop);
        await server.ExecuteAsync("shop", "CREATE TABLE sales (shop text PRIMARY KEY, amount numeric(10, 2))", stop);
        return server;
    }

    private static string Script(PostgreSqlServer server) => string.Create(CultureInfo.InvariantCulture, $$"""
        CREATE TABLE orders (shop STRING, price DECIMAL(10, 2)) WITH (
          'connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'none', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE sales (shop STRING, amount DECIMAL(10, 2), PRIMARY KEY (shop) NOT ENFORCED) WITH (
          'connector' = 'jdbc', 'url' = 'jdbc:postgresql://{{TestServer.Host}}:{{server.Port}}/shop', 'table-name' = 'sales',
          'username' = '{{PostgreSqlServer.Username}}', 'password' = '{{PostgreSqlServer.Password}}');
        INSERT INTO sales SELECT shop, SUM(price) FROM orders GROUP BY shop;
        """);
}
