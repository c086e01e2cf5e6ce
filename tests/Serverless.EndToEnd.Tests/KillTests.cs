using System.Diagnostics;

namespace Serverless.EndToEnd.Tests;

public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private const int Partitions = 4;
    private const int EventsOfAJob = 500_000;

    private readonly Report _report = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _report.Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task A_million_events_and_twenty_kills_at_random_moments_leave_the_tables_of_a_naive_computation()
    {
        using var broker = new CliProcess(["broker", $"game_consume_log:{Partitions}", $"pv-uv:{Partitions}"]);
        var address = await Brokers.AddressAsync(broker);
        var recharges = Records(GeneratedEvents.Recharge(EventsOfAJob, appkeys: 1_000));
        var tracks = Records(GeneratedEvents.Track(EventsOfAJob, addresses: 100_000));
        using var recharge = Flow(address, "recharge", "game_consume_log", recharges);
        using var pvuv = Flow(address, "pvuv", "pv-uv", tracks);
        TopicFlow[] flows = [recharge, pvuv];

        var random = new Random(3);
        var (usual, starting, redelivering, redelivered) = (TimeSpan.Zero, 0, 0, 0L);
        for (var kill = 1; kill <= Kills; kill++)
        {
            foreach (var flow in flows)
                flow.Release(EventsOfAJob / (Kills + 1));
            var before = flows.Sum(f => f.Committed);
            var written = RowsWritten;
            var watch = Stopwatch.StartNew();
            using var run = Run(address);
            if (kill == 1)
            {
                // The first is killed at its first commit, which says when things happen on this machine, now.
                await run.WaitUntilAsync(() => flows.Any(f => f.Committed > 0));
                usual = watch.Elapsed;
            }
            else if (kill % 2 == 0)
            {
                // While rows are written: the state is ahead of them, and the offsets are behind both.
                await run.WaitUntilAsync(() => RowsWritten != written, lookEveryMilliseconds: 1);
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

        foreach (var flow in flows)
            flow.Release(EventsOfAJob);
        using var last = Run(address);
        await last.WaitUntilAsync(() => flows.All(f => f.IsDone));
        Assert.True(await last.StopAsync("TERM") == 0, last.Text);
        AssertNothingMissed(last);

        Assert.Equal(2 * EventsOfAJob, flows.Sum(f => f.Sent));
        Assert.Equal(NaiveTables.Consume(recharges), Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(NaiveTables.PvUv(tracks), Results.Query(_folder["state"], Results.PvUv));
        Assert.Empty(Results.Query(_folder["state"], Results.DeadLetters));
    }

    private DateTime RowsWritten => File.GetLastWriteTimeUtc(Path.Combine(_folder["state"], "results.db-wal"));

    private TopicFlow Flow(string address, string job, string topic, SentRecord[] records) =>
        new(address, topic, Partitions, records, new SavedState(_folder["state"], job), TestContext.Current.CancellationToken);

    private CliProcess Run(string address) => new(
        ["run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded-sinks", "--state", _folder["state"]], Brokers.At(address));

    private static void AssertNothingMissed(CliProcess run) => Assert.DoesNotContain("were deleted before they were read", run.Text, StringComparison.Ordinal);

    // Over all partitions, whatever the group, and many records of one timestamp: which is a group's last is not to be seen from the order of arrival.
    private static SentRecord[] Records(IEnumerable<byte[]> events) =>
        [.. events.Select((value, i) => new SentRecord(i % Partitions, 1_600_000_000_000 + i / 2_000, value))];
}
