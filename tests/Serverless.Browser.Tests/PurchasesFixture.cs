[assembly: AssemblyFixture(typeof(Serverless.Browser.Tests.PurchasesFixture))]

namespace Serverless.Browser.Tests;

/// <summary>What many apps sell, for all tests that only look: started by the first that asks, ended behind the last.</summary>
public sealed class PurchasesFixture : IAsyncLifetime
{
    private readonly Lazy<Task<DashboardProcess>> _process = new(Purchases.RunAsync);

    internal Task<DashboardProcess> Process => _process.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated)
            (await _process.Value).Dispose();
    }
}
