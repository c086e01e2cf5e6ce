using System.Text;
using System.Text.Json;

namespace Serverless.Durable.Tests;

public sealed class DelayTests
{
    [Theory]
    [InlineData("k, COUNT(*), SUM(v)")]
    [InlineData("k, COUNT(*), COUNT(DISTINCT w)")]
    public async Task The_oldest_timestamp_of_a_batch_comes_to_the_output_that_writes_its_rows(string select)
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(select: select)));
        await world.IngestAsync([Event(0, 5_000, "a"), Event(1, 3_000, "a"), Event(2, 4_000, "a"), Event(3, 0, "a")]);
        await world.RunAsync();
        Assert.Equal([3_000], world.Oldest.Select(o => o.Oldest));

        await world.IngestAsync([Event(4, 9_000, "a")]);
        await world.RunAsync();
        Assert.Equal([3_000, 9_000], world.Oldest.Select(o => o.Oldest));
    }

    [Fact]
    public async Task While_the_table_is_away_the_oldest_record_goes_on_waiting()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals()));
        world.Sink.IsAway = true;
        await world.IngestAsync([Event(0, 3_000, "a")]);
        await world.RunAsync(TimeSpan.FromMinutes(5));
        await world.IngestAsync([Event(1, 9_000, "a")]);
        await world.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(world.Oldest);

        world.Sink.IsAway = false;
        await world.RunAsync();
        var (oldest, at) = Assert.Single(world.Oldest);
        Assert.Equal(3_000, oldest);
        Assert.InRange(at, EntityWorld.Start.AddMinutes(6), world.Now);
    }

    [Fact]
    public async Task Rows_that_have_been_written_before_leave_no_timestamp_behind()
    {
        var job = Jobs.Make(Jobs.Totals());
        var world = new EntityWorld(job);
        await world.IngestAsync([Event(0, 3_000, "a")]);
        var first = world.Sent.Single(s => s.To == EntityKind.Group);
        await world.IngestAsync([Event(1, 9_000, "a")]);
        await world.RunAsync();
        Assert.Equal([3_000], world.Oldest.Select(o => o.Oldest));

        // The first message's rows once more, now stale.
        var state = JsonSerializer.Deserialize(world.States.Single(s => s.Key.Kind == EntityKind.Output).Value, DurableJson.Default.OutboxState)!;
        var signals = new List<Signal>();
        new GroupCell(job).Apply(new CellState(), first.Key, (SlicesMessage)first.Input, world.Now, "t", signals);
        var box = new Outbox(job, 0, TimeSpan.FromSeconds(1), state, []);
        box.Add((RowsMessage)signals[0].Input, world.Now, "t");
        Assert.Null(box.TakeOldest());
        Assert.Null(state.Oldest);
    }

    [Fact]
    public async Task Records_without_a_timestamp_give_none()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals()));
        await world.IngestAsync([Event(0, 0, "a")]);
        Assert.DoesNotContain("Oldest", JsonSerializer.Serialize((SlicesMessage)world.Sent.Single(s => s.To == EntityKind.Group).Input, DurableJson.Default.SlicesMessage), StringComparison.Ordinal);
        await world.RunAsync();
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
        Assert.Empty(world.Oldest);
    }

    [Fact]
    public void Messages_and_states_of_a_former_version_are_read()
    {
        Assert.Null(JsonSerializer.Deserialize("""{"Parts":[]}""", DurableJson.Default.SlicesMessage)!.Oldest);
        Assert.Null(JsonSerializer.Deserialize("""{"Parts":[]}""", DurableJson.Default.SummariesMessage)!.Oldest);
        Assert.Null(JsonSerializer.Deserialize("""{"Rows":"AA=="}""", DurableJson.Default.RowsMessage)!.Oldest);
        Assert.Null(JsonSerializer.Deserialize("""{"Entries":{},"Timer":null,"Touched":[],"Emit":null}""", DurableJson.Default.CellState)!.Oldest);
        Assert.Null(JsonSerializer.Deserialize("""{"Output":null,"Timer":null,"Attempts":0,"FailedSince":null,"FullUntil":null}""", DurableJson.Default.OutboxState)!.Oldest);
    }

    private static Record Event(long offset, long timestamp, string key) => new(0, offset, timestamp, Encoding.UTF8.GetBytes($$"""{"k":"{{key}}","v":1,"w":"w{{offset}}"}"""));
}
