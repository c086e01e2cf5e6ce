using System.Text.Json;

namespace Serverless.Browser.Tests;

public sealed class WeightTests(ChromiumFixture chromium, DemoFixture demo) : BrowserTest(chromium)
{
    private const int Most = 250_000;

    [Fact]
    public async Task Loading_the_page_takes_less_than_250_kB()
    {
        var page = await NewPageAsync(await demo.Demo);
        var session = await page.Context.NewCDPSessionAsync(page);
        var (bytes, requests) = (0.0, 0);
        session.Event("Network.loadingFinished").OnEvent += (_, message) =>
        {
            bytes += message!.Value.GetProperty("encodedDataLength").GetDouble();
            requests++;
        };
        await session.SendAsync("Network.enable");
        await page.GotoAsync((await demo.Demo).Address.ToString());
        await page.OpenJobAsync("pvuv");
        await page.HasPointsAsync(["19:11", "19:12", "19:13"], ("pv", [1, 2, 3]), ("uv", [1, 2, 3]));

        Say($"the page, a job and its rows: {bytes / 1000:0.0} kB over the wire in {requests} requests");
        Assert.InRange(bytes, 1000, Most);
    }
}
