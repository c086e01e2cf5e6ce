using Microsoft.Data.Sqlite;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

public sealed class SinkTests : IDisposable
{
    private const int Events = 90_000;
    private const int Step = 30_000;

    private readonly Report _report = new();
    private readonly EmbeddedBroker _broker = TwoJobs.StartBroker();
    private readonly TwoJobs _jobs;

    public SinkTests() => _jobs = new TwoJobs(_broker.BootstrapServers, Events);

    public void Dispose()
    {
        _jobs.Dispose();
        _broker.Dispose();
        _report.Dispose();
    }

    [Fact(Timeout = 240_000)]
    public async Task Rows_wait_for_a_results_file_that_somebody_else_has_locked_and_a_stop_waits_for_them()
    {
        using (var run = _jobs.Run())
        {
            await _jobs.SendAsync(Step);
            await run.WaitUntilAsync(() => _jobs.AreDone);

            using (Lock())
            {
                await _jobs.SendAsync(Step);
                await run.WaitUntilAsync(() => _jobs.Flows.All(f => f.Covered > Step));
                Assert.All(_jobs.Flows, f => Assert.Equal(Step, f.Committed));
            }
            await run.WaitUntilAsync(() => _jobs.AreDone);

            using (Lock())
            {
                await _jobs.SendAsync(Step);
                await run.WaitUntilAsync(() => _jobs.Flows.All(f => f.Covered > 2 * Step));
                await run.SignalAsync("TERM");
            }
            Assert.True(await run.WaitAsync() == 0, run.Text);
        }
        Assert.All(_jobs.Flows, f => Assert.Equal(f.Covered, f.Committed));
        await CompleteAsync();
    }

    private async Task CompleteAsync()
    {
        using var next = _jobs.Run("--until-idle");
        Assert.True(await next.WaitAsync() == 0, next.Text);
        _jobs.AssertRight();
    }

    // No other process can write while this lives.
    private SqliteConnection Lock()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_jobs.State, "results.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return connection;
    }
}
