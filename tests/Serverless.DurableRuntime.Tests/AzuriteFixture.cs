using Serverless.DurableRuntime.Tests;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Serverless.DurableRuntime.Tests;

/// <summary>The storage account of all tests whose storage does not fail, each in a task hub of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private readonly Lazy<Task<AzuriteServer>> _server = new(() => AzuriteServer.StartAsync(isLasting: false, CancellationToken.None));

    /// <summary>The server.</summary>
    public Task<AzuriteServer> ServerAsync() => _server.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
