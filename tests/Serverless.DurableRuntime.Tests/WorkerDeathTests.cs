namespace Serverless.DurableRuntime.Tests;

public sealed class WorkerDeathTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    [Fact]
    public async Task A_worker_that_dies_while_upserts_wait_for_a_locked_table_leaves_the_tables_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 1_000, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync();
        await using (await jobs.LockConsumeAsync())
        {
            jobs.Send(300);
            await jobs.WaitsForConsumeAsync();
            await jobs.EndWorkerAsync();
            await jobs.PrintsAsync(line => line.StartsWith("lost ", StringComparison.Ordinal) && line.Contains("@output@recharge", StringComparison.Ordinal));
        }
        await jobs.AssertRightAsync();
    }

    [Fact]
    public async Task A_worker_that_dies_again_and_again_under_load_leaves_the_tables_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 2_000, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync();
        for (var death = 0; death < 3; death++)
        {
            jobs.Send(500);
            await jobs.AdvancesAsync();
            await jobs.EndWorkerAsync();
        }
        await jobs.AssertRightAsync();
    }
}
