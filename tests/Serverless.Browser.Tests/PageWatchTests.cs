namespace Serverless.Browser.Tests;

/// <summary>What all tests of the page rely on: nothing that must not happen there goes unseen.</summary>
public sealed class PageWatchTests(ChromiumFixture chromium, DemoFixture demo)
{
    [Theory(Timeout = 180_000)]
    [InlineData("console.error('something')", "something")]
    [InlineData("setTimeout(() => { throw new Error('thrown') })", "thrown")]
    [InlineData("alert('asked')", "asked")]
    [InlineData("document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))", "Content Security Policy")]
    [InlineData("new Image().src = 'http://127.0.0.2:9/elsewhere.png'", "elsewhere.png")]
    [InlineData("fetch('api/nothing')", "404")]
    public async Task A_fault_is_seen(string script, string says)
    {
        chromium.SkipWhereNotThere();
        var dashboard = await demo.Demo;
        await using var context = await chromium.ContextAsync();
        var watch = new PageWatch(context, dashboard.Address);
        var page = await context.NewPageAsync();
        await page.GotoAsync(dashboard.Address.ToString());
        watch.AssertNothing();

        await page.EvaluateAsync($"() => {{ {script}; }}");
        while (!watch.Faults.Any(f => f.Contains(says, StringComparison.Ordinal)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.ThrowsAny<Exception>(watch.AssertNothing);
        watch.Expect("");
        watch.AssertNothing();
    }
}
