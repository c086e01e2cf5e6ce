using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

public sealed class StopTests : IDisposable
{
    private const int Events = 200_000;

    private readonly Report _report = new();
    private readonly EmbeddedBroker _broker = TwoJobs.StartBroker();
    private readonly TwoJobs _jobs;

    public StopTests() => _jobs = new TwoJobs(_broker.BootstrapServers, Events);

    public void Dispose()
    {
        _jobs.Dispose();
        _broker.Dispose();
        _report.Dispose();
    }

    [Theory(Timeout = 180_000)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_in_mid_flow_ends_a_run_with_nothing_to_do_again(string signal)
    {
        _jobs.Release(Events);
        using var first = _jobs.Run();
        await first.WaitUntilAsync(() => _jobs.Flows.Any(f => f.Committed > 0), lookEveryMilliseconds: 1);
        await first.EndInOrderAsync(signal);
        Assert.All(_jobs.Flows, f => Assert.Equal(f.Covered, f.Committed));
        _report.Say($"SIG{signal} after {TwoJobs.RecordsOf(first)} of {2 * Events} records");

        using var second = _jobs.Run();
        await second.WaitUntilAsync(() => _jobs.AreDone && _jobs.IsInUse);
        await second.EndInOrderAsync(signal);
        Assert.Equal(2 * Events, TwoJobs.RecordsOf(first) + TwoJobs.RecordsOf(second));
        Assert.DoesNotContain("known already", second.Text, StringComparison.Ordinal);
        _jobs.AssertRight();

        using var third = _jobs.Run("--until-idle");
        Assert.True(await third.WaitAsync() == 0, third.Text);
        Assert.Contains("recharge: 0 records, 3,000 groups, 0 rows written, 0 dead letters", third.Text, StringComparison.Ordinal);
        Assert.Contains("pvuv: 0 records, 2 groups, 0 rows written, 0 dead letters", third.Text, StringComparison.Ordinal);
    }
}
