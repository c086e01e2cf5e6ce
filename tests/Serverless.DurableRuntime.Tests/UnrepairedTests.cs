namespace Serverless.DurableRuntime.Tests;

/// <summary>That the tests of lost batches can fail: what a worker loses stays lost if nothing makes up for it.</summary>
public sealed class UnrepairedTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    [Fact]
    public async Task Without_due_times_and_repaired_gaps_the_tables_stay_wrong()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 1_000, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync("--never-make-up");
        await jobs.EndWorkerOverLockedTableAsync();
        await jobs.AssertStaysWrongAsync();
    }
}
