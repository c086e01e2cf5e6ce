using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

/// <summary>The README's pictures of the dashboard.</summary>
internal static class Screenshots
{
    private const int Width = 1280;
    private const int Margin = 16;

    /// <summary>Writes them: dashboard-light.png and dashboard-dark.png.</summary>
    /// <param name="folder">The folder they go to.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(string folder)
    {
        if (ChromiumFixture.WhyNot is { } whyNot)
        {
            await Console.Error.WriteLineAsync(whyNot);
            return 1;
        }
        using var jobs = await DashboardProcess.JobsAsync(("game_consume_log", DayOfEvents.Recharges()), (PvUv.Topic, DayOfEvents.Views()));
        await using var chromium = new ChromiumFixture();
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var context = await chromium.ContextAsync(new()
            {
                ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = Width, Height = 800 },
            });
            var page = await context.NewPageAsync();
            await page.GotoAsync(jobs.Address.ToString());
            await Expect(page.GetByTestId("job-card-pvuv").GetByTestId("chart")).ToHaveAttributeAsync("data-points", new Regex("\"20:59\""));
            // As high as what is on it, and a margin.
            var bottom = (await page.GetByRole(AriaRole.Main).BoundingBoxAsync())!;
            await page.SetViewportSizeAsync(Width, (int)(bottom.Y + bottom.Height) + Margin);
            var path = Path.Combine(folder, $"dashboard-{(scheme == ColorScheme.Dark ? "dark" : "light")}.png");
            await page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled });
            Console.WriteLine($"{path}: {new FileInfo(path).Length / 1000} kB");
        }
        return 0;
    }
}
