using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

/// <summary>What tests do with a page, by the names its parts have for tests.</summary>
internal static class PageExtensions
{
    // As the page's JSON.stringify writes it.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    extension(IPage page)
    {
        /// <summary>The chart.</summary>
        public ILocator Chart => page.GetByTestId("chart");

        /// <summary>The rows of the table of rows, without its head.</summary>
        public ILocator Rows => page.GetByTestId("rows-table").Locator("tbody tr");

        /// <summary>Opens a job's page from the list of jobs.</summary>
        public async Task OpenJobAsync(string job)
        {
            await page.GetByTestId($"job-card-{job}").GetByRole(AriaRole.Link).First.ClickAsync();
            // Until then the list's charts are there, too, if the machine is busy.
            await Expect(page.Chart).ToHaveCountAsync(1);
            await Expect(page.Chart).ToBeVisibleAsync();
        }

        /// <summary>Opens the list of a job's dead letters, when there is one.</summary>
        public async Task OpenDeadLettersAsync(string job)
        {
            var letters = page.GetByTestId($"status-{job}").GetByTestId("dead-letters");
            await Expect(letters).ToHaveTextAsync("1");
            await letters.ClickAsync();
        }

        /// <summary>Waits until the chart is of these values.</summary>
        public Task HasPointsAsync(string[] x, params (string Name, double[] Values)[] series) =>
            Expect(page.Chart).ToHaveAttributeAsync("data-points", Points(x, series));

        /// <summary>Sorts the table of rows by a column.</summary>
        /// <param name="column">The column.</param>
        /// <param name="direction">What the column's head says of its order.</param>
        public async Task SortAsync(string column, string direction)
        {
            for (var clicks = 0; clicks < 2 && await page.Head(column).GetAttributeAsync("aria-sort") is var before && before != direction; clicks++)
            {
                await page.GetByTestId($"sort-{column}").ClickAsync();
                await Expect(page.Head(column)).ToHaveAttributeAsync("aria-sort", new Regex(before == "descending" ? "ascending" : before == "ascending" ? "descending" : "cending"));
            }
            await Expect(page.Head(column)).ToHaveAttributeAsync("aria-sort", direction);
        }

        /// <summary>A column's head.</summary>
        public ILocator Head(string column) => page.GetByTestId("rows-table").Locator("th").Filter(new() { Has = page.GetByTestId($"sort-{column}") });

        /// <summary>Waits until the table of rows begins with these cells, row by row.</summary>
        public async Task HasRowsAsync(params string[][] rows)
        {
            await Expect(page.Rows).ToHaveCountAsync(rows.Length);
            for (var r = 0; r < rows.Length; r++)
                for (var c = 0; c < rows[r].Length; c++)
                    await Expect(page.Rows.Nth(r).Locator("th, td").Nth(c)).ToHaveTextAsync(rows[r][c]);
        }

        /// <summary>Presses Tab until a part of the page has the focus.</summary>
        public async Task TabToAsync(string testId)
        {
            for (var presses = 0; presses < 100; presses++)
            {
                await page.Keyboard.PressAsync("Tab");
                if (await page.EvaluateAsync<string?>("() => document.activeElement?.closest('[data-testid]')?.dataset.testid ?? null") == testId)
                    return;
            }
            Assert.Fail($"'{testId}' cannot be reached with the keyboard");
        }
    }

    /// <summary>The values of a chart as it tells them to tests.</summary>
    /// <param name="x">The places.</param>
    /// <param name="series">Of each series a value per place, NaN where it has none.</param>
    public static string Points(string[] x, params (string Name, double[] Values)[] series) => JsonSerializer.Serialize(
        new { x, series = series.ToDictionary(s => s.Name, s => s.Values.Select(v => double.IsNaN(v) ? null : (double?)v)) }, Json);
}
