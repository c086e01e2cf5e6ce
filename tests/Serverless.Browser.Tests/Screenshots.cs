using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

/// <summary>Pictures of the dashboard: the README's, and every view on every kind of screen to be looked at.</summary>
internal static class Screenshots
{
    private const int Width = 1280;
    private const int Margin = 16;

    private static readonly int[] Widths = [1440, 768, 360];
    private static readonly ColorScheme[] Schemes = [ColorScheme.Light, ColorScheme.Dark];
    private static readonly string[] Locales = ["en-US", "zh-CN"];

    /// <summary>Writes the README's: dashboard-light.png and dashboard-dark.png.</summary>
    /// <param name="folder">The folder they go to.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> WriteAsync(string folder) => WithChromiumAsync(async chromium =>
    {
        using var jobs = await ADayAsync();
        foreach (var scheme in Schemes)
        {
            await using var context = await ContextAsync(chromium, Width, scheme, Locales[0]);
            var page = await context.NewPageAsync();
            await page.GotoAsync(jobs.Address.ToString());
            await HasDayAsync(page.GetByTestId("job-card-pvuv").GetByTestId("chart"));
            // As high as what is on it, and a margin.
            var bottom = (await page.GetByRole(AriaRole.Main).BoundingBoxAsync())!;
            await page.SetViewportSizeAsync(Width, (int)(bottom.Y + bottom.Height) + Margin);
            await WriteAsync(page, folder, $"dashboard-{NameOf(scheme)}", isWhole: false);
        }
    });

    /// <summary>Writes all views: the demo's day, and 200 apps among which are hostile names; on three widths, in both themes and both languages.</summary>
    /// <param name="folder">The folder they go to, which is made.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> WriteAllAsync(string folder) => WithChromiumAsync(async chromium =>
    {
        Directory.CreateDirectory(folder);
        using var day = await ADayAsync();
        using var apps = await Purchases.RunAsync();
        foreach (var (width, scheme, locale) in Widths.SelectMany(w => Schemes.SelectMany(s => Locales.Select(l => (w, s, l)))))
        {
            await using var context = await ContextAsync(chromium, width, scheme, locale);
            var page = await context.NewPageAsync();
            var suffix = $"{width}-{NameOf(scheme)}-{locale[..2]}";
            await page.GotoAsync(day.Address.ToString());
            await HasDayAsync(page.GetByTestId("job-card-pvuv").GetByTestId("chart"));
            await WriteAsync(page, folder, $"day-overview-{suffix}");
            await page.OpenJobAsync("pvuv");
            await HasDayAsync(page.Chart);
            await WriteAsync(page, folder, $"day-pvuv-{suffix}");
            await page.GotoAsync(apps.Address.ToString());
            await Expect(page.GetByTestId("job-card-shop.apps").GetByTestId("chart")).ToBeVisibleAsync();
            await WriteAsync(page, folder, $"apps-overview-{suffix}");
            await page.OpenJobAsync("shop.apps");
            await Expect(page.Rows).ToHaveCountAsync(200);
            await WriteAsync(page, folder, $"apps-bars-{suffix}");
            // The names that are no numbers, and what they sell for: the greatest, 0, NULL and less than 0.
            await page.GetByTestId("rows-search").FillAsync("11:00:00");
            await Expect(page.Rows).ToHaveCountAsync(Purchases.Hard.Length);
            await WriteAsync(page, folder, $"apps-hard-{suffix}");
        }
    });

    private static async Task<int> WithChromiumAsync(Func<ChromiumFixture, Task> write)
    {
        if (ChromiumFixture.WhyNot is { } whyNot)
        {
            await Console.Error.WriteLineAsync(whyNot);
            return 1;
        }
        await using var chromium = new ChromiumFixture();
        await write(chromium);
        return 0;
    }

    private static Task<DashboardProcess> ADayAsync() =>
        DashboardProcess.JobsAsync(("game_consume_log", DayOfEvents.Recharges()), (PvUv.Topic, DayOfEvents.Views()));

    private static Task HasDayAsync(ILocator chart) => Expect(chart).ToHaveAttributeAsync("data-points", new Regex("\"20:59\""));

    private static Task<IBrowserContext> ContextAsync(ChromiumFixture chromium, int width, ColorScheme scheme, string locale) => chromium.ContextAsync(new()
    {
        ColorScheme = scheme, Locale = locale, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = width, Height = 800 },
    });

    private static async Task WriteAsync(IPage page, string folder, string name, bool isWhole = true)
    {
        var path = Path.Combine(folder, $"{name}.png");
        await page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled, FullPage = isWhole });
        Console.WriteLine($"{path}: {new FileInfo(path).Length / 1000} kB");
    }

    private static string NameOf(ColorScheme scheme) => scheme == ColorScheme.Dark ? "dark" : "light";
}
