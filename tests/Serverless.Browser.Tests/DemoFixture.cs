[assembly: AssemblyFixture(typeof(Serverless.Browser.Tests.DemoFixture))]

namespace Serverless.Browser.Tests;

/// <summary>The jobs of the demo on the article's messages, for all tests that only look: started by the first that asks, ended behind the last.</summary>
public sealed class DemoFixture : IAsyncLifetime
{
    private readonly Lazy<Task<DashboardProcess>> _demo = new(DashboardProcess.ArticleAsync);

    internal Task<DashboardProcess> Demo => _demo.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_demo.IsValueCreated)
            (await _demo.Value).Dispose();
    }
}
