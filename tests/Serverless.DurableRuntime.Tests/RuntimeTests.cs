namespace Serverless.DurableRuntime.Tests;

/// <summary>The app's own entities on the Durable Task runtime and its Azure Storage provider: whatever dies, the tables are those of the records alone.</summary>
public sealed class RuntimeTests(AzuriteFixture azurite, PostgreSqlFixture hologres, MariaDbFixture rds)
{
    private const int Events = 1_500;

    [Fact]
    public async Task The_tables_are_those_of_the_records()
    {
        using var jobs = await TwoJobs.CreateAsync(Events, await azurite.ServerAsync(), hologres, rds);
        await jobs.StartAsync();
        await jobs.AssertRightAsync();
    }
}
