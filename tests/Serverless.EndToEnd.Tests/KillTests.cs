using System.Diagnostics;

namespace Serverless.EndToEnd.Tests;

[Collection("a million events")]
public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private const int EventsOfAJob = 500_000;

    private readonly Report _report = new();

    public void Dispose() => _report.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task A_million_events_and_twenty_kills_at_random_moments_leave_the_tables_of_a_naive_computation()
    {
        using var broker = new CliProcess(["broker", .. TwoJobs.Topics]);
        using var jobs = new TwoJobs(await Brokers.AddressAsync(broker), EventsOfAJob);
        var flows = jobs.Flows;
        var log = Path.Combine(jobs.State, "results.db-wal");

        var random = new Random(3);
        var (usual, starting, redelivering, redelivered) = (TimeSpan.Zero, 0, 0, 0L);
        for (var kill = 1; kill <= Kills; kill++)
        {
            jobs.Release(EventsOfAJob / (Kills + 1));
            var before = flows.Sum(f => f.Committed);
            var written = File.GetLastWriteTimeUtc(log);
            var watch = Stopwatch.StartNew();
            using var run = jobs.Run();
            if (kill == 1)
            {
                // The first is killed at its first commit, which says when things happen on this machine, now.
                await run.WaitUntilAsync(() => flows.Any(f => f.Committed > 0));
                usual = watch.Elapsed;
            }
            else if (kill % 2 == 0)
            {
                // While rows are written: the state is ahead of them, and the offsets are behind both.
                await run.WaitUntilAsync(() => File.GetLastWriteTimeUtc(log) != written, lookEveryMilliseconds: 1);
                await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
            }
            else
            {
                await Task.Delay(usual * (0.5 + random.NextDouble()), TestContext.Current.CancellationToken);
            }
            run.Kill();
            Assert.True(await run.WaitAsync() == 137, run.Text);
            AssertNothingMissed(run);

            var again = flows.Sum(f => f.Covered - f.Committed);
            var after = flows.Sum(f => f.Committed);
            starting += after == before ? 1 : 0;
            redelivering += again > 0 ? 1 : 0;
            redelivered += again;
            _report.Say($"kill {kill} after {watch.Elapsed.TotalSeconds:0.00} s: {flows.Sum(f => f.Sent)} records sent, {after} committed, {again} in the state but not committed");
        }
        _report.Say($"{Kills} kills: {starting} before a first commit, {redelivering} between state and commit, {redelivered} records delivered that were known");

        jobs.Release(EventsOfAJob);
        using var last = jobs.Run();
        await last.WaitUntilAsync(() => jobs.AreDone && jobs.IsInUse);
        await last.EndInOrderAsync("TERM");
        AssertNothingMissed(last);

        jobs.AssertRight();
    }

    private static void AssertNothingMissed(CliProcess run) => Assert.DoesNotContain("were deleted before they were read", run.Text, StringComparison.Ordinal);
}
