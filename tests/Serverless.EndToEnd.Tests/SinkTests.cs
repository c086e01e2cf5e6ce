using Microsoft.Data.Sqlite;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

public sealed class SinkTests : IDisposable
{
    private const int Events = 36_000; // what the broker keeps without anything committed
    private const int Step = 12_000;

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

    [Fact(Timeout = 240_000)]
    public async Task Rows_are_kept_while_a_sink_refuses_loses_its_answers_and_hangs()
    {
        Fault[] faults = [Fault.Refused, Fault.HalfWritten, Fault.NotAcknowledged, Fault.Refused, Fault.Hanging];
        await using (var run = await RunWithFaults.StartAsync(_broker.BootstrapServers, _jobs.State, faults))
        {
            _jobs.Release(Events);
            await Task.WhenAll(run.Sinks.Select(s => s.Hangs)).WaitAsync(TestContext.Current.CancellationToken);
            Assert.All(_jobs.Flows, f => Assert.Equal(0, f.Committed));
            foreach (var sink in run.Sinks)
                sink.GoOn();
            while (!_jobs.AreDone)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            await run.StopAsync();
        }
        await CompleteAsync();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_run_that_is_stopped_while_its_sink_is_down_ends_in_order_and_the_next_completes()
    {
        await using (var run = await RunWithFaults.StartAsync(_broker.BootstrapServers, _jobs.State, Enumerable.Repeat(Fault.Refused, int.MaxValue)))
        {
            await _jobs.SendAsync(Step);
            while (_jobs.Flows.Any(f => f.Covered == 0))
                await Task.Delay(20, TestContext.Current.CancellationToken);
            await run.StopAsync();
        }
        Assert.All(_jobs.Flows, f => Assert.Equal((Step, 0), (f.Covered, f.Committed)));
        Assert.Empty(Results.Query(_jobs.State, Results.Consume));
        await CompleteAsync();
    }

    private async Task CompleteAsync()
    {
        await _jobs.SendAsync(Events);
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
