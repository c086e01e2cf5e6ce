using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

public sealed class AppearanceTests(ChromiumFixture chromium, DemoFixture demo) : BrowserTest(chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_page_is_as_light_as_the_system_until_the_toggle_says_otherwise(ColorScheme system)
    {
        var page = await OpenAsync(await demo.Demo, new() { ColorScheme = system });
        var isDark = system == ColorScheme.Dark;
        Assert.Equal(isDark, await IsDarkAsync(page));

        await PickThemeAsync(page, isDark ? "light" : "dark");
        Assert.Equal(!isDark, await IsDarkAsync(page));
        await page.ReloadAsync();
        await Expect(page.GetByTestId("job-card-pvuv")).ToBeVisibleAsync();
        Assert.Equal(!isDark, await IsDarkAsync(page));
    }

    [Fact]
    public async Task The_page_speaks_the_browsers_language_until_the_toggle_says_otherwise()
    {
        var page = await OpenJobAsync(await demo.Demo, "pvuv", new() { Locale = "zh-CN" });
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("实时");
        await page.GetByTestId("language-toggle").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("Live");
        await page.ReloadAsync();
        await Expect(page.GetByTestId("connection")).ToContainTextAsync("Live");
    }

    [Theory]
    [InlineData("en-US")]
    [InlineData("zh-CN")]
    public async Task Nothing_scrolls_sideways_on_a_small_telephone(string locale)
    {
        var page = await OpenAsync(await demo.Demo, new() { Locale = locale, ViewportSize = new() { Width = 360, Height = 640 } });
        await Expect(page.GetByTestId("job-card-pvuv").GetByTestId("chart")).ToBeVisibleAsync();
        await AssertFitsAsync(page);
        foreach (var job in (string[])["pvuv", "recharge"])
        {
            await page.GotoAsync((await demo.Demo).Address.ToString());
            await page.OpenJobAsync(job);
            await Expect(page.Rows).Not.ToHaveCountAsync(0);
            await AssertFitsAsync(page);
        }
    }

    [Fact]
    public async Task Charts_grow_with_the_window()
    {
        var page = await OpenAsync(await demo.Demo, new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var chart = page.GetByTestId("job-card-pvuv").GetByTestId("chart");
        await Expect(chart).ToBeVisibleAsync();
        var small = (await chart.BoundingBoxAsync())!;
        await page.SetViewportSizeAsync(2560, 1400);
        await Expect(chart.Locator("canvas")).Not.ToHaveAttributeAsync("width", $"{small.Width}");
        var great = (await chart.BoundingBoxAsync())!;
        Assert.True(great.Width > 1.7 * small.Width && great.Height > 1.3 * small.Height, $"{small.Width}x{small.Height} became {great.Width}x{great.Height}");

        await page.OpenJobAsync("pvuv");
        var own = (await page.Chart.BoundingBoxAsync())!;
        Assert.InRange(own.Height, 700, 900);
        Assert.InRange(own.Width, 2300, 2560);
    }

    [Theory]
    [InlineData(1440, "08:00")]
    [InlineData(360, "12:00")]
    public async Task The_moments_on_an_axis_are_as_far_apart_from_each_other_and_follow_what_is_shown(int width, string among)
    {
        var pvuv = Own(await PvUv.RunAsync([.. Enumerable.Range(0, 15 * 12).Select(n => PvUv.View(1 + (n % 200), $"2021-12-01 {6 + (n / 12):00}:{n % 12 * 5:00}:00"))]));
        var page = await OpenJobAsync(pvuv, "pvuv", new() { ViewportSize = new() { Width = width, Height = 1200 } });
        var whole = await TicksAsync(page);
        Assert.Contains(among, whole.Select(t => t.ToString("HH:mm", null)));
        Assert.Single(whole.Zip(whole.Skip(1), (one, next) => next - one).Distinct());

        // The right end of the miniature is taken to its middle.
        var chart = (await page.Chart.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(chart.X + chart.Width - 17, chart.Y + chart.Height - 18);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(chart.X + (chart.Width / 2), chart.Y + chart.Height - 18, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Expect(page.Chart).Not.ToHaveAttributeAsync("data-ticks", new Regex("\"20:00\""));
        var part = await TicksAsync(page);
        Assert.True(part[1] - part[0] < whole[1] - whole[0], $"{part[1] - part[0]} is not less than {whole[1] - whole[0]}");
    }

    private static async Task<TimeOnly[]> TicksAsync(IPage page) =>
        [.. JsonSerializer.Deserialize<string[]>((await page.Chart.GetAttributeAsync("data-ticks"))!)!.Select(t => TimeOnly.Parse(t, CultureInfo.InvariantCulture))];

    private static async Task AssertFitsAsync(IPage page) =>
        Assert.InRange(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), 1, 360);

    private static async Task PickThemeAsync(IPage page, string theme)
    {
        // As the system, light, dark.
        for (var clicks = 0; clicks < 3 && await page.Locator("html").GetAttributeAsync("data-theme") != theme; clicks++)
            await page.GetByTestId("theme-toggle").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", theme);
    }

    private static async Task<bool> IsDarkAsync(IPage page) => await page.EvaluateAsync<bool>(
        """
        () => {
          const isClear = (colour) => colour.endsWith(', 0)');
          const colour = [document.body, document.documentElement].map((element) => getComputedStyle(element).backgroundColor).find((one) => !isClear(one));
          const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
          return red + green + blue < 3 * 128;
        }
        """);
}
