namespace Serverless.DurableRuntime.Tests;

public sealed class StorageTests(PostgreSqlFixture hologres, MariaDbFixture rds)
{
    [Fact]
    public async Task A_storage_account_that_is_away_for_some_seconds_leaves_the_tables_of_the_records()
    {
        await using var storage = await AzuriteServer.StartAsync(isLasting: true, TestContext.Current.CancellationToken);
        using var jobs = await TwoJobs.CreateAsync(events: 1_500, storage, hologres, rds);
        await jobs.StartAsync();
        jobs.Send(500);
        await jobs.AdvancesAsync();
        await storage.StopAsync();
        jobs.Send(500);
        await jobs.PrintsAsync(line => line.Contains("a batch comes again", StringComparison.Ordinal));
        await storage.StartAsync(TestContext.Current.CancellationToken);
        await jobs.AssertRightAsync();
    }
}
