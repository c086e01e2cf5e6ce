namespace Serverless.Durable.Tests;

public sealed class OutboxTests
{
    [Fact]
    public async Task While_the_table_is_away_one_timer_is_on_its_way_and_waits_longer_each_time()
    {
        var world = await WithRowsAsync("""{"k":"a","v":1}""");
        world.Sink.IsAway = true;
        await world.RunAsync(TimeSpan.FromMinutes(5));

        Assert.Single(world.Waiting, s => s.To == EntityKind.Output);
        Assert.InRange(world.Sink.Writes, 10, 25);
        Assert.Empty(world.Sink.Rows);
        world.Sink.IsAway = false;
        await world.RunAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task Rows_of_one_second_are_written_together()
    {
        var world = await WithRowsAsync("""{"k":"a","v":1}""");
        for (var i = 1; i < 5; i++)
        {
            await world.IngestAsync([Jobs.Records("""{"k":"a","v":1}""")[0] with { Offset = i }]);
            await world.RunAsync(TimeSpan.FromMilliseconds(100));
        }
        Assert.Equal(0, world.Sink.Writes);
        await world.RunAsync();
        Assert.Equal(1, world.Sink.Writes);
        Assert.Equal(["a | 5 | 5"], world.Sink.Rows);
    }

    [Fact]
    public async Task A_row_that_the_table_refuses_is_a_dead_letter_and_the_others_are_written()
    {
        var world = await WithRowsAsync("""{"k":"a","v":1}""", """{"k":"b","v":2}""");
        world.Sink.RefusedKey = "a";
        await world.RunAsync();

        Assert.Equal(["b | 1 | 2"], world.Sink.Rows);
        var letter = Assert.Single(world.Letters.All);
        Assert.Equal(("a", "too long"), (letter.Row, letter.Reason));
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task A_row_that_cannot_be_made_becomes_a_dead_letter_after_a_minute_and_none_where_it_is_mended()
    {
        const string Ratio = "k, COUNT(*), 10 / SUM(v)";
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(select: Ratio)));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":0}""", """{"k":"b","v":0}"""));
        await world.RunAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(world.Letters.All);
        await world.IngestAsync([Jobs.Records("""{"k":"b","v":2}""")[0] with { Offset = 2 }]);
        await world.RunAsync(TimeSpan.FromSeconds(120));

        Assert.Equal(["b | 2 | 5"], world.Sink.Rows);
        Assert.Equal("a", Assert.Single(world.Letters.All).Row);
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task An_output_past_its_cap_raises_pressure_and_lowers_it_when_its_rows_are_written()
    {
        var job = Jobs.Make(Jobs.Totals("SET 'state.cells' = '10';"));
        var world = new EntityWorld(job);
        world.Sink.IsAway = true;
        var most = Outbox.Limits(job).MaxRows * 10;
        foreach (var batch in Jobs.Records(Enumerable.Range(0, most).Select(i => System.Text.Encoding.UTF8.GetBytes($$"""{"k":"k{{i}}","v":1}"""))).Chunk(10_000))
        {
            await world.IngestAsync(batch);
            await world.RunAsync(TimeSpan.FromMilliseconds(1));
        }
        Assert.True(IsHigh(world));
        await world.RunAsync(TimeSpan.FromMinutes(3));
        Assert.True(IsHigh(world));

        world.Sink.IsAway = false;
        await world.RunAsync();
        Assert.False(IsHigh(world));
        Assert.Equal(most, world.Sink.Rows.Count);
    }

    [Fact]
    public async Task State_that_has_outlived_its_time_is_deleted_by_one_timer_an_entity()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals("SET 'table.exec.state.ttl' = '2 h';")));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}""", """{"k":"b","v":1}"""));
        await world.RunAsync(TimeSpan.FromMinutes(90));
        await world.IngestAsync([Jobs.Records("""{"k":"b","v":1}""")[0] with { Offset = 2 }]);
        await world.RunAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(2, world.Waiting.Count(s => s.To == EntityKind.Group));

        await world.RunAsync(TimeSpan.FromMinutes(60));
        Assert.Single(world.States.Keys, k => k.Kind == EntityKind.Group);
        await world.RunAsync(TimeSpan.FromHours(4));
        Assert.DoesNotContain(world.States.Keys, k => k.Kind == EntityKind.Group);
        Assert.Equal(["a | 1 | 1", "b | 2 | 2"], world.Sink.Rows);
    }

    [Fact]
    public void A_changed_job_or_placement_is_another_job_to_its_state()
    {
        var sql = Jobs.Totals();
        var one = DurableJob.Fingerprint(Jobs.Compile(sql));
        Assert.Equal(one, DurableJob.Fingerprint(Jobs.Compile(sql.Replace("'o', 'username'", "'p', 'username'", StringComparison.Ordinal))));
        Assert.NotEqual(one, DurableJob.Fingerprint(Jobs.Compile("SET 'state.cells' = '4';" + sql)));
        Assert.NotEqual(one, DurableJob.Fingerprint(Jobs.Compile(sql.Replace("SUM(v)", "MAX(v)", StringComparison.Ordinal))));
    }

    private static bool IsHigh(EntityWorld world) => world.States.Where(s => s.Key.Kind == EntityKind.Job)
        .Any(s => System.Text.Json.JsonSerializer.Deserialize(s.Value, DurableJson.Default.JobState)!.IsFull(world.Now));

    private static async Task<EntityWorld> WithRowsAsync(params string[] values)
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals()));
        await world.IngestAsync(Jobs.Records(values));
        await world.RunAsync(TimeSpan.FromMilliseconds(1));
        return world;
    }
}
