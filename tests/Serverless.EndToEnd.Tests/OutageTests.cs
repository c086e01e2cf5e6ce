using System.Diagnostics;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

public sealed class OutageTests : IDisposable
{
    private const int Events = 120_000;
    private const int Step = 20_000;
    private const int TheBroker = 1;

    private readonly Report _report = new();
    private readonly EmbeddedBroker _broker = TwoJobs.StartBroker();
    private readonly TwoJobs _jobs;

    public OutageTests() => _jobs = new TwoJobs(_broker.BootstrapServers, Events);

    public void Dispose()
    {
        _jobs.Dispose();
        _broker.Dispose();
        _report.Dispose();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_broker_that_is_cut_off_again_and_again_is_waited_for()
    {
        var random = new Random(4);
        await _jobs.SendAsync(Step);
        Reach(false);
        using var run = _jobs.Run();
        await run.WaitForLineAsync(l => l.Contains("waiting for", StringComparison.Ordinal));
        Reach(true);
        await run.WaitUntilAsync(() => _jobs.AreDone);
        _report.Say($"a run that was started without its broker has read");

        for (var sent = Step; sent < Events; sent += Step)
        {
            // While the records are on their way to the run.
            await _jobs.SendAsync(Step);
            await PassAsync(TimeSpan.FromMilliseconds(random.Next(100)));
            Reach(false);
            await PassAsync(TimeSpan.FromMilliseconds(random.Next(300, 1_500)));
            Reach(true);
            var watch = Stopwatch.StartNew();
            await run.WaitUntilAsync(() => _jobs.AreDone);
            _report.Say($"all read {watch.Elapsed.TotalSeconds:0.0} s after the broker came back");
        }
        await run.EndInOrderAsync("TERM");
        _jobs.AssertRight();
    }

    [Fact(Timeout = 240_000)]
    public async Task Brokers_that_answer_with_errors_or_late_are_asked_again()
    {
        var cluster = _broker.Cluster;
        await _jobs.SendAsync(Step);
        // Also before the first record: a consumer group that is not to be found.
        cluster.Push(KafkaRequest.FindCoordinator, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.Local_Transport);
        cluster.Push(KafkaRequest.OffsetFetch, ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup);
        using var run = _jobs.Run();
        await DoneAsync("finding the group");

        cluster.Push(KafkaRequest.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut, ErrorCode.Local_Transport, ErrorCode.KafkaStorageError);
        await _jobs.SendAsync(Step);
        await DoneAsync("fetches");

        // Fetched anew from the beginning: known already, all of it.
        cluster.Push(KafkaRequest.Fetch, ErrorCode.OffsetOutOfRange);
        await _jobs.SendAsync(Step);
        await DoneAsync("an offset that is said not to be there");

        cluster.Push(
            KafkaRequest.OffsetCommit, ErrorCode.GroupLoadInProgress, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.NotCoordinatorForGroup,
            ErrorCode.RequestTimedOut, ErrorCode.Local_Transport);
        await _jobs.SendAsync(Step);
        await DoneAsync("commits");

        cluster.Push(KafkaRequest.ListOffsets, ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.Local_Transport);
        cluster.Push(KafkaRequest.Metadata, ErrorCode.LeaderNotAvailable, ErrorCode.Local_Transport);
        await _jobs.SendAsync(Step);
        await DoneAsync("ends and metadata");

        cluster.SetRoundTrip(TheBroker, TimeSpan.FromMilliseconds(100));
        await _jobs.SendAsync(Step);
        await DoneAsync("late answers");
        await run.EndInOrderAsync("TERM");
        _jobs.AssertRight();

        async Task DoneAsync(string what)
        {
            var watch = Stopwatch.StartNew();
            await run.WaitUntilAsync(() => _jobs.AreDone);
            _report.Say($"{what}: all read after {watch.Elapsed.TotalSeconds:0.0} s");
        }
    }

    [Fact(Timeout = 240_000)]
    public async Task A_run_that_is_stopped_while_its_broker_is_gone_ends_in_order_and_the_next_completes()
    {
        using (var run = _jobs.Run())
        {
            await _jobs.SendAsync(Step);
            await run.WaitUntilAsync(() => _jobs.AreDone);
            await _jobs.SendAsync(Step);
            await run.WaitUntilAsync(() => _jobs.Flows.Any(f => f.Covered > Step), lookEveryMilliseconds: 1);
            Reach(false);
            var watch = Stopwatch.StartNew();
            await run.EndInOrderAsync("TERM");
            _report.Say($"stopped {watch.Elapsed.TotalSeconds:0.0} s after SIGTERM, without its broker");
        }
        Reach(true);
        using var next = _jobs.Run();
        _jobs.Release(Events);
        // Where nothing is left to do, it must at least be there to hear the signal.
        await next.WaitUntilAsync(() => _jobs.AreDone && _jobs.IsInUse);
        await next.EndInOrderAsync();
        _jobs.AssertRight();
    }

    private void Reach(bool isReachable) => _broker.Cluster.SetReachable(TheBroker, isReachable);

    // How long something lasts; nothing is waited for.
    private static Task PassAsync(TimeSpan time) => Task.Delay(time, TestContext.Current.CancellationToken);
}
