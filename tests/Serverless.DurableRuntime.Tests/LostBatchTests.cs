namespace Serverless.DurableRuntime.Tests;

/// <summary>What a worker has in hand when it dies is taken for done by the runtime, which lives on: no state is stored, and nothing is sent.</summary>
public sealed class LostBatchTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    [Fact]
    public async Task Batches_at_random_that_are_taken_for_done_leave_the_tables_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 2_000, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync("--loss", "0.1", "--most-losses", "30", "--seed", "1");
        await jobs.AssertRightAsync();
        await jobs.PrintsAsync(line => line.StartsWith("lost ", StringComparison.Ordinal));
    }
}
