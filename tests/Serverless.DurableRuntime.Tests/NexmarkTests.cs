using Serverless.Queries.Tests.Nexmark;

namespace Serverless.DurableRuntime.Tests;

/// <summary>One of Nexmark's questions over few of its events; nine over more, and with the process killed, with <c>dotnet run -c Release --project tests/Serverless.DurableRuntime.Tests -- nexmark</c>.</summary>
public sealed class NexmarkTests(AzuriteFixture azurite, PostgreSqlFixture hologres)
{
    [Fact]
    public async Task The_hot_auctions_are_those_of_DuckDB()
    {
        using var events = new NexmarkEvents(1, 2_000, NexmarkRun.Partitions);
        await new NexmarkRun(await azurite.ServerAsync(), await hologres.ServerAsync(), events).AskAsync("q5", kills: 0, new Random(1), TestContext.Current.CancellationToken);
    }
}
