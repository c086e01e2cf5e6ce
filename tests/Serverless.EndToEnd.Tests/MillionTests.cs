using System.Diagnostics;

namespace Serverless.EndToEnd.Tests;

[Collection("a million events")]
public sealed class MillionTests : IDisposable
{
    private const int Events = 1_000_000;

    private readonly Report _report = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _report.Dispose();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_million_and_a_million_events_in_one_run_leave_the_tables_of_a_naive_computation()
    {
        await WriteAsync("game_consume_log.jsonl", Recharges);
        await WriteAsync("pv-uv.jsonl", Tracks);

        var watch = Stopwatch.StartNew();
        using var run = new CliProcess(
        [
            "run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded", "--until-idle", "--state", _folder["state"],
            "--feed", $"game_consume_log={_folder["game_consume_log.jsonl"]}", "--feed", $"pv-uv={_folder["pv-uv.jsonl"]}",
        ]);
        Assert.True(await run.WaitAsync() == 0, run.Text);
        _report.Say($"{2 * Events} records in {watch.Elapsed.TotalSeconds:0.0} s, start and end of the process included: {2 * Events / watch.Elapsed.TotalSeconds:N0} records/s");

        // The feed is keyed by appkey: a group's events are in one partition, in the order of the file.
        Assert.Equal(NaiveTables.Consume(Recharges.Select(InOnePartition)), Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(NaiveTables.PvUv(Tracks.Select(InOnePartition)), Results.Query(_folder["state"], Results.PvUv));
        Assert.Empty(Results.Query(_folder["state"], Results.DeadLetters));
    }

    private static IEnumerable<byte[]> Recharges => GeneratedEvents.Recharge(Events, appkeys: 1_000);

    private static IEnumerable<byte[]> Tracks => GeneratedEvents.Track(Events, addresses: 200_000);

    private static SentRecord InOnePartition(byte[] value) => new(0, 0, value);

    private async Task WriteAsync(string name, IEnumerable<byte[]> lines)
    {
        await using var file = File.Create(_folder[name]);
        foreach (var line in lines)
        {
            file.Write(line);
            file.WriteByte((byte)'\n');
        }
    }
}
