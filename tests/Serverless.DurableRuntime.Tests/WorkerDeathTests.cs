namespace Serverless.DurableRuntime.Tests;

/// <summary>What a worker has in hand when it dies is taken for done by the runtime, which lives on: no state is stored, and nothing is sent.</summary>
public sealed class WorkerDeathTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    [Fact]
    public async Task A_worker_that_dies_while_upserts_wait_for_a_locked_table_and_again_under_load_leaves_the_tables_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 1_000, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync();
        await jobs.EndWorkerOverLockedTableAsync();
        for (var death = 0; death < 2; death++)
        {
            jobs.Send(200);
            await jobs.AdvancesAsync();
            await jobs.EndWorkerAsync();
        }
        await jobs.AssertRightAsync();
    }
}
