using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Moq;
using Serverless.App.Entities;
using Serverless.Durable;
using Serverless.Engine.State;

namespace Serverless.App.Tests;

public sealed class EntityTests
{
    [Fact]
    public async Task Slices_make_a_groups_state_and_a_message_to_its_output()
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""", """{"k":"a","v":4}""");
        var answer = await app.RunAsync(EntityKind.Group, slices.Key, null, (Operations.Apply, slices.Input));

        var rows = Only(answer, Operations.Add);
        Assert.Matches("^@output@test\\.g0:[0-7]$", rows.To);
        Assert.Equal((Operations.Add, null), (rows.Operation, rows.At));
        Assert.Single(app.Deserialize<CellState>(answer.State!).Entries);
        var row = Assert.Single(GroupAnswer.Read(app.Deserialize<RowsMessage>(rows.Input).Rows).Rows);
        Assert.Equal(["a", "2", "7"], row.Values.Select(v => $"{v}"));
    }

    [Fact]
    public async Task Slices_that_come_again_change_no_state_and_are_answered_again()
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""");
        var first = await app.RunAsync(EntityKind.Group, slices.Key, null, (Operations.Apply, slices.Input));
        var second = await app.RunAsync(EntityKind.Group, slices.Key, first.State, (Operations.Apply, slices.Input));
        Assert.Equal(app.Deserialize<CellState>(first.State!).Entries, app.Deserialize<CellState>(second.State!).Entries);
        Assert.Equal(app.Deserialize<RowsMessage>(Only(first, Operations.Add).Input).Rows, app.Deserialize<RowsMessage>(Only(second, Operations.Add).Input).Rows);
    }

    [Fact]
    public async Task Operations_of_one_batch_see_what_those_before_them_did()
    {
        var app = new TestApp();
        var one = await SlicesAsync(app, """{"k":"a","v":3}""");
        var two = await SlicesAsync(app, """{"k":"a","v":3}""", """{"k":"a","v":5}""");
        var answer = await app.RunAsync(EntityKind.Group, one.Key, null, (Operations.Apply, one.Input), (Operations.Apply, two.Input));
        var row = Assert.Single(GroupAnswer.Read(app.Deserialize<RowsMessage>(answer.Signals.Last(s => s.Operation == Operations.Add).Input).Rows).Rows);
        Assert.Equal(["a", "2", "8"], row.Values.Select(v => $"{v}"));
    }

    [Fact]
    public async Task A_shard_tells_its_group_and_the_group_waits_for_the_others_with_one_delayed_message()
    {
        var app = new TestApp(TestApp.Visitors);
        var place = app.Job.EntityKeys.OfGroup("a");
        var slices = await SlicesAsync(app, """{"k":"a","w":"x"}""");
        Assert.Equal(EntityKind.Shard, slices.To);
        var shard = await app.RunAsync(EntityKind.Shard, slices.Key, null, (Operations.Apply, slices.Input));
        var merge = Only(shard, Operations.Merge);
        Assert.Equal(($"@group@{place}", Operations.Merge, null), (merge.To, merge.Operation, merge.At));

        var summaries = app.Deserialize<SummariesMessage>(merge.Input);
        var group = await app.RunAsync(EntityKind.Group, place, null, (Operations.Merge, summaries), (Operations.Merge, summaries));
        var emit = Only(group, Operations.Emit);
        Assert.Equal(($"@group@{place}", Operations.Emit, app.Clock.Now + TimeSpan.FromMilliseconds(500)), (emit.To, emit.Operation, emit.At));

        var rows = await app.RunAsync(EntityKind.Group, place, group.State, (Operations.Emit, app.Deserialize<TickMessage>(emit.Input)));
        Only(rows, Operations.Add);
    }

    [Fact]
    public async Task An_output_holds_its_rows_until_its_timer_and_writes_them_then()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        var tick = Flush(held);
        Assert.Equal(($"@output@{output}", Operations.Tick, app.Clock.Now + TimeSpan.FromSeconds(1)), (tick.To, tick.Operation, tick.At));
        Assert.Empty(app.Sink.Rows);

        var written = await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(tick.Input)));
        Assert.Equal(["a | 1 | 3"], app.Sink.Rows);
        Assert.DoesNotContain(written.Signals, s => s.Operation == Operations.Tick);
    }

    [Fact]
    public async Task A_timer_that_was_set_anew_since_does_nothing()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        var answer = await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, new TickMessage("another")));
        Assert.Equal(held.State, answer.State);
        Assert.Empty(app.Sink.Rows);
    }

    [Fact]
    public async Task A_sink_that_is_away_costs_no_row_and_is_tried_again_later_and_later()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var answer = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        app.Sink.IsAway = true;
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 4; i++)
        {
            answer = await app.RunAsync(EntityKind.Output, output, answer.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(answer).Input)));
            pauses.Add(Flush(answer).At!.Value - app.Clock.Now);
        }
        Assert.Equal(pauses.Order(), pauses);
        Assert.Contains(app.Logs.All, l => l.Level == LogLevel.Warning && l.Text.Contains("wait: the table is away", StringComparison.Ordinal));

        app.Sink.IsAway = false;
        await app.RunAsync(EntityKind.Output, output, answer.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(answer).Input)));
        Assert.Equal(["a | 1 | 3"], app.Sink.Rows);
    }

    [Fact]
    public async Task A_process_that_is_stopped_while_it_writes_loses_no_row_and_no_timer()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        app.Sink.Failure = new OperationCanceledException();
        var stopped = await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(held).Input)));
        Flush(stopped);
        app.Sink.Failure = null;
        await app.RunAsync(EntityKind.Output, output, stopped.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(stopped).Input)));
        Assert.Equal(["a | 1 | 3"], app.Sink.Rows);
    }

    [Fact]
    public async Task A_row_that_the_sink_refuses_becomes_a_dead_letter()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        app.Sink.RefusedKey = GroupAnswer.Read(rows.Rows).Rows[0].Key;
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(held).Input)));
        Assert.Equal("too long", Assert.Single(app.Letters.All).Reason);
    }

    [Fact]
    public async Task A_jobs_entity_keeps_the_word_of_each_part_that_is_full()
    {
        var app = new TestApp();
        var until = app.Clock.Now + TimeSpan.FromMinutes(1);
        var answer = await app.RunAsync(EntityKind.Job, app.Job.EntityKeys.OfJob, null, (Operations.Raise, new PressureMessage(3, until)), (Operations.Raise, new PressureMessage(4, app.Clock.Now)));
        var state = app.Deserialize<JobState>(answer.State!);
        Assert.Equal([3, 4], state.Until.Keys);
        Assert.True(state.IsFull(app.Clock.Now));
        Assert.False(state.IsFull(until));
    }

    [Theory]
    [InlineData("test.old:a")] // a former generation's
    [InlineData("gone.g0:a")] // of a job that is no more
    [InlineData("no key of ours")]
    public async Task Messages_of_a_former_generation_are_dropped_and_told_once(string key)
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""");
        var answer = await app.RunAsync(EntityKind.Group, key, """{"Entries":{}}""", (Operations.Apply, slices.Input), (Operations.Apply, slices.Input));
        Assert.Equal("""{"Entries":{}}""", answer.State);
        Assert.Empty(answer.Signals);
        Assert.Single(app.Logs.All, l => l.Text.Contains("they are dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_of_a_newer_version_of_the_app_are_put_off_as_they_are()
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""");
        app.Generations.All["test"] = new Generation("g1", "another", app.Clock.Now);
        var answer = await app.RunAsync(EntityKind.Group, "test.g1:a", null, (Operations.Apply, slices.Input));
        var again = Assert.Single(answer.Signals);
        Assert.Equal(("@group@test.g1:a", Operations.Apply, app.Clock.Now + TimeSpan.FromSeconds(15)), (again.To, again.Operation, again.At));
        Assert.Equal(app.Serialize(slices.Input), again.Input);
    }

    [Fact]
    public async Task A_generation_that_was_written_a_moment_ago_is_no_former_one()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(held).Input))); // it has looked just now
        app.Generations.All["test"] = new Generation("g1", "another", app.Clock.Now);
        var answer = await app.RunAsync(EntityKind.Group, "test.g1:a", null, (Operations.Apply, (await SlicesAsync(app, """{"k":"a","v":3}""")).Input));
        Assert.Single(answer.Signals);
    }

    [Fact]
    public async Task Rows_of_a_job_that_another_version_of_the_app_has_taken_over_are_written_no_more()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        app.Generations.All["test"] = new Generation("g1", "another", app.Clock.Now);
        var answer = await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(held).Input)));
        Assert.Equal((null, 0), (answer.State, answer.Signals.Count));
        Assert.Empty(app.Sink.Rows);
    }

    [Fact]
    public async Task What_a_version_with_other_outputs_has_written_again_is_its_to_do()
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""");
        var epoch = app.Job.Job.Compiled.Epoch + 60_000;
        var cell = app.Serialize(new CellState { Rewritten = new Rewritten(epoch, epoch, app.Clock.Now, 1, 0) });
        var answer = await app.RunAsync(EntityKind.Group, slices.Key, cell, (Operations.Apply, slices.Input));
        Assert.Equal((cell, Operations.Apply, app.Clock.Now.AddSeconds(15)), (answer.State, Assert.Single(answer.Signals).Operation, answer.Signals[0].At));

        var output = app.Serialize(new OutboxState { Epoch = epoch });
        var (key, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        Assert.Equal(output, (await app.RunAsync(EntityKind.Output, key, output, (Operations.Add, rows))).State);
        Assert.Equal(Operations.Add, Assert.Single((await app.RunAsync(EntityKind.Output, key, null, (Operations.Add, rows with { Epoch = epoch }))).Signals).Operation);
    }

    [Fact]
    public async Task Rows_that_another_version_writes_in_another_form_stay_for_it()
    {
        var app = new TestApp();
        var (output, rows) = await RowsAsync(app, """{"k":"a","v":3}""");
        var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
        app.Generations.All["test"] = app.Generations.All["test"] with { Since = app.Clock.Now.AddMinutes(1) };
        var answer = await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(held).Input)));
        Assert.Equal((held.State, Operations.Tick), (answer.State, Assert.Single(answer.Signals).Operation));
        Assert.Empty(app.Sink.Rows);
    }

    [Fact]
    public async Task Messages_of_a_generation_that_is_kept_are_put_off_and_may_be_its_again()
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""");
        var current = app.Generations.All["test"];
        app.Generations.All["test"] = current with { Formers = [new Generation("old", "f", app.Clock.Now)] };
        var answer = await app.RunAsync(EntityKind.Group, "test.old:a", """{"Entries":{}}""", (Operations.Apply, slices.Input), (Operations.Forget, new PulseMessage()));
        Assert.Equal("""{"Entries":{}}""", answer.State);
        Assert.All(answer.Signals, s => Assert.Equal(app.Clock.Now + TimeSpan.FromMinutes(10), s.At));
        app.Clock.Now += TimeSpan.FromSeconds(6);
        app.Generations.All["test"] = current with { Id = "old" };
        Assert.Equal(app.Clock.Now + TimeSpan.FromSeconds(15), Assert.Single((await app.RunAsync(EntityKind.Group, "test.old:a", null, (Operations.Apply, slices.Input))).Signals).At);
    }

    [Fact]
    public async Task The_state_of_a_former_generation_goes_when_it_is_forgotten()
    {
        var answer = await new TestApp().RunAsync(EntityKind.Group, "test.old:a", """{"Entries":{}}""", (Operations.Forget, new PulseMessage()));
        Assert.Equal((null, 0), (answer.State, answer.Signals.Count));
    }

    [Fact]
    public async Task Messages_of_an_unknown_generation_are_put_off_while_it_cannot_be_looked_up()
    {
        var app = new TestApp();
        app.Generations.IsAway = true;
        var answer = await app.RunAsync(EntityKind.Output, "test.g1:0", null, (Operations.Tick, new TickMessage("t")));
        Assert.Equal(app.Serialize(new TickMessage("t")), Assert.Single(answer.Signals).Input);
    }

    [Fact]
    public async Task An_operation_that_there_is_not_changes_nothing()
    {
        var app = new TestApp();
        var answer = await app.RunAsync(EntityKind.Group, "test.g0:a", null, ("Explode", new TickMessage("t")));
        Assert.Null(answer.State);
        Assert.Contains(app.Logs.All, l => l.Level == LogLevel.Error && l.Text.Contains("Explode", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operation_that_throws_is_put_off_as_it_came_and_leaves_the_state_as_it_was()
    {
        var app = new TestApp();
        var slices = await SlicesAsync(app, """{"k":"a","v":3}""");
        const string Damaged = """{"Entries":{"a":"AAAA"}}""";
        for (var i = 0; i < 5; i++)
        {
            var answer = await app.RunAsync(EntityKind.Group, slices.Key, Damaged, (Operations.Apply, slices.Input));
            Assert.Equal(Damaged, answer.State);
            var again = Assert.Single(answer.Signals);
            Assert.Equal(($"@group@{slices.Key}", Operations.Apply, app.Clock.Now + TimeSpan.FromSeconds(30)), (again.To, again.Operation, again.At));
            Assert.Equal(app.Serialize(slices.Input), again.Input);
        }
        // Said at once, and then at most every half minute.
        Assert.Single(app.Logs.All, l => l.Level == LogLevel.Error);
        app.Clock.Now += TimeSpan.FromSeconds(31);
        await app.RunAsync(EntityKind.Group, slices.Key, Damaged, (Operations.Apply, slices.Input));
        Assert.Equal(2, app.Logs.All.Count(l => l.Level == LogLevel.Error));
        Assert.Contains(app.Logs.All, l => l.Text.Contains("5 times", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(EntityKind.Group, "no json at all", Operations.Apply)]
    [InlineData(EntityKind.Shard, """{"Entries":5}""", Operations.Tick)]
    [InlineData(EntityKind.Output, """{"Output":"AAAA"}""", Operations.Add)]
    [InlineData(EntityKind.Job, "[]", Operations.Raise)]
    public async Task A_state_that_cannot_be_read_loses_no_message(EntityKind kind, string state, string operation)
    {
        var app = new TestApp();
        var answer = await app.RunAsync(kind, kind == EntityKind.Output ? "test.g0:3" : "test.g0:a", state, (operation, new PressureMessage(1, app.Clock.Now)));
        Assert.Equal(state, answer.State);
        Assert.Equal(operation, Assert.Single(answer.Signals).Operation);
    }

    [Fact]
    public async Task An_input_that_cannot_be_read_is_put_off_too()
    {
        var app = new TestApp();
        var answer = await app.RunAsync(EntityKind.Group, "test.g0:a", null, (Operations.Apply, new TickMessage("t")));
        Assert.Null(answer.State);
        Assert.Equal(app.Serialize(new TickMessage("t")), Assert.Single(answer.Signals).Input);
    }

    [Fact]
    public async Task A_sink_that_stays_away_is_one_line_in_half_a_minute_whatever_the_part()
    {
        var app = new TestApp();
        app.Sink.IsAway = true;
        for (var key = 0; key < 20; key++)
        {
            var (output, rows) = await RowsAsync(app, $$"""{"k":"{{key}}","v":3}""");
            var held = await app.RunAsync(EntityKind.Output, output, null, (Operations.Add, rows));
            await app.RunAsync(EntityKind.Output, output, held.State, (Operations.Tick, app.Deserialize<TickMessage>(Flush(held).Input)));
        }
        Assert.Single(app.Logs.All, l => l.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task The_cells_of_a_job_are_read_page_by_page_with_their_states()
    {
        var id = new EntityInstanceId("Group", "test.g0:a");
        var entities = new Mock<DurableEntityClient>("test");
        entities.Setup(e => e.GetAllEntitiesAsync<CellState>(It.Is<EntityQuery>(q => q.InstanceIdStartsWith == "@group@test.g0:" && q.IncludeState)))
            .Returns(Pageable.Create<EntityMetadata<CellState>>((_, _) => Task.FromResult(new Page<EntityMetadata<CellState>>([new EntityMetadata<CellState>(id, new CellState { Touched = { "a" } })]))));
        var client = new Mock<DurableTaskClient>("test");
        client.SetupGet(c => c.Entities).Returns(entities.Object);
        var cells = await new EntityClient(client.Object).GetCellsAsync(EntityKind.Group, "test.g0:", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("test.g0:a", "a"), (Assert.Single(cells).Key, Assert.Single(cells[0].State.Touched)));
    }

    internal static SentSignal Only(EntityAnswer answer, string operation) => Assert.Single(answer.Signals, s => s.Operation == operation);

    // An output sends itself another one, much later: by that it confirms what it has got.
    internal static SentSignal Flush(EntityAnswer answer) => answer.Signals.Where(s => s.Operation == Operations.Tick).MinBy(s => s.At)!;

    internal static async Task<Signal> SlicesAsync(TestApp app, params string[] values)
    {
        var sent = new List<Signal>();
        var records = values.Select((v, i) => new Record(0, i, 1_000 + i, Encoding.UTF8.GetBytes(v))).ToList();
        var client = new Mock<IEntityClient>();
        client.Setup(c => c.SendAsync(It.IsAny<Signal>(), It.IsAny<CancellationToken>())).Callback<Signal, CancellationToken>((signal, _) => sent.Add(signal)).Returns(Task.CompletedTask);
        await new DurableIngest(app.Job.Job, "t", app.Letters, app.Clock).ProcessAsync(records, client.Object, TestContext.Current.CancellationToken);
        return Assert.Single(sent);
    }

    private static async Task<(string Output, RowsMessage Rows)> RowsAsync(TestApp app, string value)
    {
        var slices = await SlicesAsync(app, value);
        var rows = Only(await app.RunAsync(EntityKind.Group, slices.Key, null, (Operations.Apply, slices.Input)), Operations.Add);
        return (rows.To["@output@".Length..], app.Deserialize<RowsMessage>(rows.Input));
    }
}
