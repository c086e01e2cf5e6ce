using Microsoft.Playwright;
using Serverless.Dashboard;

[assembly: AssemblyFixture(typeof(Serverless.Browser.Tests.ChromiumFixture))]

namespace Serverless.Browser.Tests;

/// <summary>The one browser of all tests here: started by the first that asks, closed behind the last.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private const float PatienceInMilliseconds = 60_000;

    private readonly Lazy<Task<IPlaywright>> _playwright = new(Playwright.CreateAsync);
    private readonly Lazy<Task<IBrowser>> _browser;
    private int _hasSaidWhyNot;

    public ChromiumFixture()
    {
        Assertions.SetDefaultExpectTimeout(PatienceInMilliseconds);
        _browser = new(LaunchAsync);
    }

    /// <summary>Why there is nothing to test here or nothing to test with, and what to do; null where there is.</summary>
    public static string? WhyNot { get; } = new DashboardPage().IsBuilt
        ? Chromium.Missing
        : "the page is not built: install Node 20.19 or newer with npm, and build again";

    /// <summary>A fresh profile of the browser; its user's language is English, unless the options say otherwise.</summary>
    /// <param name="options">What is special about it.</param>
    public async Task<IBrowserContext> ContextAsync(BrowserNewContextOptions? options = null)
    {
        options = new BrowserNewContextOptions(options ?? new()) { TimezoneId = "UTC" };
        options.Locale ??= "en-US";
        var context = await (await _browser.Value).NewContextAsync(options);
        context.SetDefaultTimeout(PatienceInMilliseconds);
        return context;
    }

    /// <summary>Skips the test where it cannot run, and prints the reason once: the test runner prints none.</summary>
    public void SkipWhereNotThere()
    {
        if (WhyNot is null)
            return;
        if (Interlocked.Exchange(ref _hasSaidWhyNot, 1) == 0)
            TestContext.Current.SendDiagnosticMessage($"Tests of the dashboard's page are skipped: {WhyNot}");
        Assert.Skip(WhyNot);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_browser.IsValueCreated)
            await (await _browser.Value).CloseAsync();
        if (_playwright.IsValueCreated)
            (await _playwright.Value).Dispose();
    }

    private async Task<IBrowser> LaunchAsync()
    {
        var program = await Chromium.FindOrInstallAsync(CancellationToken.None);
        // Containers give /dev/shm 64 MB, which is too little for the browser.
        var options = new BrowserTypeLaunchOptions { ExecutablePath = program, ChromiumSandbox = false, Args = ["--disable-dev-shm-usage"] };
        return await (await _playwright.Value).Chromium.LaunchAsync(options);
    }
}
