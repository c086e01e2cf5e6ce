using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Durable;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.App.Tests;

/// <summary>Cells of stages as the worker runs them.</summary>
public sealed class StageEntityTests
{
    internal const string CountsOfCounts = """
        CREATE TABLE s (k STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (n BIGINT, times BIGINT, PRIMARY KEY (n) NOT ENFORCED) WITH ('connector' = 'blackhole');
        INSERT INTO o SELECT n, COUNT(*) FROM (SELECT k, COUNT(*) AS n FROM s GROUP BY k) GROUP BY n;
        """;

    [Fact]
    public async Task An_aggregate_of_an_aggregate_goes_from_cell_to_cell_into_the_sink()
    {
        var app = new TestApp(CountsOfCounts);
        await WithRowsAsync(app, () => app.Sink.Rows.SequenceEqual(["1 | 2", "2 | 1"]));
        Assert.Equal(["1 | 2", "2 | 1"], app.Sink.Rows);
    }

    [Fact]
    public async Task An_output_deletes_a_former_row_unless_it_makes_that_itself_and_writes_its_rows_again_when_asked()
    {
        var app = new TestApp(CountsOfCounts);
        var states = await WithRowsAsync(app, () => app.Sink.Rows.SequenceEqual(["1 | 2", "2 | 1"]));
        foreach (var (key, row) in new[] { ("7", 7L), ("1", 1L) })
        {
            var writer = new StateWriter();
            new GroupAnswer([new RowChange(key, new RowVersion(app.Job.Job.Generation.DeleteEpoch.ToUnixTimeMilliseconds(), 0, 9), true, [row, null])], [], 0).Write(writer);
            var output = app.Job.EntityKeys.OfOutput(OutboxPartition.Of(key));
            var answer = await app.RunAsync(EntityKind.Output, output, states.GetValueOrDefault($"@output@{output}"), (Operations.Add, new RowsMessage(writer.Written.ToArray())));
            Assert.Equal(key == "7" ? 1 : 0, app.Deserialize<OutboxState>(answer.State!).Waiting);
        }

        var holder = app.Job.EntityKeys.OfOutput(OutboxPartition.Of("1"));
        var asked = await app.RunAsync(EntityKind.Output, holder, states[$"@output@{holder}"], (Operations.Rewrite, new RewriteMessage(5, app.Job.Job.Compiled.Epoch)));
        var state = app.Deserialize<OutboxState>(asked.State!);
        Assert.Equal((5, state.Entries.Count), (state.Rewritten!.Asked, state.Waiting));
    }

    [Fact]
    public async Task What_an_output_of_a_former_script_has_added_up_is_kept_by_a_process_that_does_not_know_of_the_edit()
    {
        var app = new TestApp(CountsOfCounts);
        app.Sink.IsAway = true;
        var held = await WithRowsAsync(app, () => app.Sink.Writes > 0);
        app.Sink.IsAway = false;
        var (key, state) = held.First(s => s.Value is not null && s.Key.StartsWith("@output@", StringComparison.Ordinal) && app.Deserialize<OutboxState>(s.Value).Waiting > 0);
        var before = app.Deserialize<OutboxState>(state!);
        app.Generations.All["test"] = new Generation("g1", "another", app.Clock.Now) { Formers = [app.Job.Job.Generation] };
        app.Clock.Now += TimeSpan.FromMinutes(1);
        var answer = await app.RunAsync(EntityKind.Output, key.Split('@')[2], state, (Operations.Tick, new TickMessage(before.Timer!.Id)));
        var after = app.Deserialize<OutboxState>(answer.State!);
        Assert.Equal((before.Waiting, before.Entries.Count, null), (after.Waiting, after.Entries.Count, after.Timer));
        Assert.DoesNotContain(answer.Signals, s => s.Operation == Operations.Tick);
        Assert.Empty(app.Sink.Rows);
    }

    [Fact]
    public async Task A_delta_that_comes_again_changes_no_state()
    {
        var app = new TestApp(CountsOfCounts);
        var signal = (await DeltasAsync(app, "a"))[0];
        var first = await app.RunAsync(EntityKind.Stage, signal.Key, null, (signal.Operation, signal.Input));
        var second = await app.RunAsync(EntityKind.Stage, signal.Key, first.State, (signal.Operation, signal.Input));
        Assert.Equal(app.Deserialize<StageCellState>(first.State!).Entries, app.Deserialize<StageCellState>(second.State!).Entries);
        Assert.Equal(Operations.Tick, Assert.Single(first.Signals).Operation);
        Assert.Empty(second.Signals);
    }

    [Fact]
    public async Task A_pulse_has_a_cell_without_state_find_out_what_it_lacks()
    {
        var app = new TestApp(CountsOfCounts);
        var key = app.Job.EntityKeys.OfStage(0, 3);
        var pulse = new PulseMessage(Positions: [new SourcePosition(0, 0, 10, 20)]);
        var first = await app.RunAsync(EntityKind.Stage, key, null, (Operations.Pulse, pulse));
        Assert.Empty(first.Signals);
        app.Clock.Now += app.Job.Job.Times.GapAfter;
        var second = await app.RunAsync(EntityKind.Stage, key, first.State, (Operations.Pulse, pulse));
        var report = Assert.Single(second.Signals);
        Assert.Equal(("@job@test.g0:", Operations.Report), (report.To, report.Operation));
        Assert.Equal(new Gap(EntityKind.Stage, key, "", -1, 0, 10, 19), Assert.Single(app.Deserialize<GapsMessage>(report.Input).Gaps));
    }

    [Fact]
    public async Task A_key_that_is_too_large_to_leave_its_cell_is_named()
    {
        var app = new TestApp(CountsOfCounts);
        var state = app.Serialize(new StageCellState { Entries = { ["bGFyZ2U="] = new byte[CellEviction.LargestEntry + 1], ["c21hbGw="] = new byte[10] } });
        await app.RunAsync(EntityKind.Stage, app.Job.EntityKeys.OfStage(0, 3), state, (Operations.Pulse, new PulseMessage()));
        Assert.Contains("has 524289 bytes of state, and every operation of the entity carries them: bGFyZ2U=", Assert.Single(app.Logs.All, l => l.Level == LogLevel.Warning).Text, StringComparison.Ordinal);
    }

    // The states of all entities when that is so.
    private static async Task<Dictionary<string, string?>> WithRowsAsync(TestApp app, Func<bool> isSo)
    {
        var states = new Dictionary<string, string?>();
        var waiting = new Queue<SentSignal>((await DeltasAsync(app, "a", "b", "b", "c")).Select(s => new SentSignal($"@{s.To.ToString().ToLowerInvariant()}@{s.Key}", s.Operation, app.Serialize(s.Input), s.At)));
        for (var step = 0; !isSo() && waiting.TryDequeue(out var signal); step++)
        {
            Assert.InRange(step, 0, 200);
            app.Clock.Now = signal.At > app.Clock.Now ? signal.At.Value : app.Clock.Now;
            var (kind, key) = (Enum.Parse<EntityKind>(signal.To.Split('@')[1], ignoreCase: true), signal.To.Split('@')[2]);
            var answer = await app.RunAsync(kind, key, states.GetValueOrDefault(signal.To), (signal.Operation, InputOf(app, signal)));
            states[signal.To] = answer.State;
            foreach (var sent in answer.Signals)
                waiting.Enqueue(sent);
        }

        return states;
    }

    private static async Task<IReadOnlyList<Signal>> DeltasAsync(TestApp app, params string[] keys) => await new StageIngest(app.Job.Job).PackAsync(
        0, [.. keys.Select((k, offset) => new Record(0, offset, 0, Encoding.UTF8.GetBytes($$"""{"k":"{{k}}"}""")))], "t", [], TestContext.Current.CancellationToken);

    private static object InputOf(TestApp app, SentSignal signal) => signal.Operation switch
    {
        Operations.Apply or Operations.Add => app.Deserialize<DeltasMessage>(signal.Input),
        Operations.Tick => app.Deserialize<TickMessage>(signal.Input),
        Operations.Confirm => app.Deserialize<ConfirmMessage>(signal.Input),
        Operations.Raise => app.Deserialize<PressureMessage>(signal.Input),
        _ => throw new InvalidOperationException(signal.Operation),
    };
}
