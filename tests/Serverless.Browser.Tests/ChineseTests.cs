using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Browser.Tests;

/// <summary>What an analyst does whose browser is Chinese: with the keyboard alone, and without a word of English from the page.</summary>
public sealed partial class ChineseTests(ChromiumFixture chromium, PurchasesFixture purchases) : BrowserTest(chromium)
{
    // All that is read out or seen: texts, and what parts of the page are called.
    private const string Texts = """
        () => {
          const texts = [document.title];
          for (const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walk.nextNode();) texts.push(walk.currentNode.textContent);
          for (const element of document.querySelectorAll('*')) for (const name of ['title', 'aria-label', 'placeholder', 'data-label', 'alt']) texts.push(element.getAttribute(name) ?? '');
          return texts.map((text) => text.trim()).filter((text) => text !== '');
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_day_is_picked_rows_are_sorted_searched_and_saved_in_Chinese_with_the_keyboard_alone(ColorScheme scheme)
    {
        var page = await OpenAsync(await purchases.Process, new() { Locale = "zh-CN", ColorScheme = scheme });
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Expect(page.GetByTestId("job-card-shop.minutes").GetByTestId("chart")).ToBeVisibleAsync();
        await AssertChineseAsync(page);
        await AccessibilityTests.AssertAccessibleAsync(page);

        await page.TabToAsync("job-card-shop.minutes");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("day-select")).ToHaveValueAsync("2026-05-03");
        await page.TabToAsync("day-previous");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("day-select")).ToHaveValueAsync("2026-05-02");
        await Expect(page.Rows).ToHaveCountAsync(6);
        await page.TabToAsync("sort-amount");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Head("amount")).ToHaveAttributeAsync("aria-sort", "descending");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Rows.First).ToContainTextAsync("08:00");
        await AssertChineseAsync(page);
        await AccessibilityTests.AssertAccessibleAsync(page);

        // The search and the button beside it come before the table.
        await page.Keyboard.PressAsync("Shift+Tab");
        while (await page.EvaluateAsync<string?>("() => document.activeElement.dataset.testid ?? null") != "rows-search")
            await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.TypeAsync("08:40");
        await page.HasRowsAsync(["2026-05-02", "08:40", "1,000.00"]);
        await Expect(page.GetByTestId("rows-count")).ToHaveTextAsync("6 行中的 1 行");
        await page.TabToAsync("save-csv");
        var csv = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.Equal("minutes-2026-05-02.csv", csv.SuggestedFilename);
        Assert.Equal(
            "\ufeffday,sale_minute,amount\r\n2026-05-02,08:40,1000.00\r\n",
            System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(await csv.PathAsync(), TestContext.Current.CancellationToken)));
        await AssertChineseAsync(page);
    }

    private static async Task AssertChineseAsync(IPage page)
    {
        var texts = await page.EvaluateAsync<string[]>(Texts);
        var phrases = Phrases(File.ReadAllText(Path.Combine(Repository.Root, "functions", "dashboard", "src", "words", "english.ts"))).ToList();
        Assert.True(phrases.Count > 100, $"{phrases.Count} phrases");
        // A word may be a column's or a job's, too; two words of a sentence are the page's.
        Assert.Empty(texts.SelectMany(t => phrases.Where(p => p.Contains(' ') ? t.Contains(p, StringComparison.Ordinal) : t == p).Select(p => $"{p}: {t}")));
    }

    // What the page says in English: the texts, and of those with gaps the parts between them.
    private static IEnumerable<string> Phrases(string words) =>
        Text().Matches(words).SelectMany(m => Gap().Split(m.Groups["text"].Value)).Select(p => p.Trim()).Where(p => Letters().IsMatch(p)).Distinct();

    [GeneratedRegex(@"'(?<text>[^'\n]*)'|`(?<text>[^`\n]*)`")]
    private static partial Regex Text();

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Gap();

    [GeneratedRegex("^[ -~]*[A-Za-z]{2}[ -~]*$")]
    private static partial Regex Letters();
}
