namespace Serverless.DurableRuntime.Tests;

public sealed class KillTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    private static readonly string[] AllColdKeysLeave = ["--hot-bytes", "0"];

    [Fact]
    public async Task A_host_that_is_killed_in_the_middle_and_started_again_leaves_the_tables_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(events: 1_500, await azurite.ServerAsync(), hologres, rds);
        for (var kill = 0; kill < 3; kill++)
        {
            await jobs.StartAsync(AllColdKeysLeave);
            jobs.Send(300);
            await jobs.AdvancesAsync();
            jobs.Kill();
        }
        await jobs.StartAsync(AllColdKeysLeave);
        await jobs.AssertRightAsync();
    }
}
