using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Serverless.Browser.Tests;

/// <summary>A test with pages of the dashboard in a real browser; it fails where anything goes wrong on one that <see cref="PageWatch"/> sees.</summary>
public abstract class BrowserTest(ChromiumFixture chromium) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<IBrowserContext, PageWatch> _watches = new();
    private readonly ConcurrentStack<IDisposable> _owned = new();

    public ValueTask InitializeAsync()
    {
        chromium.SkipWhereNotThere();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _watches.Keys)
            await context.CloseAsync();
        foreach (var thing in _owned)
            thing.Dispose();
        Assert.All(_watches.Values, w => w.AssertNothing());
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes of something when the test's pages are closed.</summary>
    private protected T Own<T>(T thing)
        where T : IDisposable
    {
        _owned.Push(thing);
        return thing;
    }

    /// <summary>A page in a profile of its own, without an address yet.</summary>
    private protected async Task<IPage> NewPageAsync(DashboardProcess dashboard, BrowserNewContextOptions? options = null)
    {
        var context = await chromium.ContextAsync(options);
        _watches[context] = new PageWatch(context, dashboard.Address);
        return await context.NewPageAsync();
    }

    /// <summary>The dashboard in a profile of its own.</summary>
    private protected async Task<IPage> OpenAsync(DashboardProcess dashboard, BrowserNewContextOptions? options = null)
    {
        var page = await NewPageAsync(dashboard, options);
        await page.GotoAsync(dashboard.Address.ToString());
        return page;
    }

    /// <summary>The page of a job, opened as a user does.</summary>
    private protected async Task<IPage> OpenJobAsync(DashboardProcess dashboard, string job, BrowserNewContextOptions? options = null)
    {
        var page = await OpenAsync(dashboard, options);
        await page.OpenJobAsync(job);
        return page;
    }

    /// <summary>Lets faults be that the test brings about.</summary>
    private protected void ExpectFaults(IPage page, string text) => _watches[page.Context].Expect(text);

    /// <summary>Tells a figure: in the test's output, and on the console of the run.</summary>
    private protected static void Say(FormattableString text)
    {
        var line = FormattableString.Invariant(text);
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}
