namespace Serverless.DurableRuntime.Tests;

/// <summary>Batches of operations that fail and are taken for done: some before anything was done, others when rows had been written.</summary>
public sealed class LostBatchTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    [Fact]
    public async Task Batches_at_random_that_are_taken_for_done_leave_the_tables_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 1_000, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync("--loss", "0.1", "--most-losses", "30", "--seed", "1");
        for (var part = 0; part < 4; part++)
        {
            jobs.Send(200);
            await jobs.AdvancesAsync();
        }
        await jobs.AssertRightAsync();
        Assert.InRange(jobs.Lost, 10, 30);
    }
}
