using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Durable.Tests;

/// <summary>Groups and shards that nothing touches leave their cells for the key store.</summary>
public sealed class ColdKeysTests
{
    private const string Distinct = "k, COUNT(*), COUNT(DISTINCT w)";

    [Theory]
    [InlineData("k, COUNT(*), SUM(v)")]
    [InlineData(Distinct)]
    public async Task A_group_that_went_cold_goes_on_where_it_was(string select)
    {
        var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals("SET 'state.cells' = '2';", select))));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1,"w":"x"}""", """{"k":"b","v":1,"w":"x"}"""));
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.All(world.States.Where(s => s.Key.Kind is EntityKind.Group or EntityKind.Shard), s => Assert.Empty(world.Cell(s.Key.Kind, s.Key.Key).Held));
        Assert.True(world.Keys.CountOf(EntityKind.Group) + world.Keys.CountOf(EntityKind.Shard) >= 2);

        await world.IngestAsync([new Record(0, 2, 1_002, """{"k":"a","v":1,"w":"y"}"""u8.ToArray())]);
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["a | 2 | 2", "b | 1 | 1"], world.Sink.Rows);
        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task Records_that_come_again_find_their_offsets_in_the_key_store()
    {
        var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals())));
        var records = Jobs.Records("""{"k":"a","v":1}""", """{"k":"a","v":2}""");
        await world.IngestAsync(records);
        await world.RunAsync(TimeSpan.FromMinutes(5));
        await world.IngestAsync(records);
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["a | 2 | 3"], world.Sink.Rows);
        Assert.Equal((1, 1), world.Keys.ReadsOf(EntityKind.Group));
    }

    [Fact]
    public async Task What_is_touched_before_the_timer_comes_stays()
    {
        var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals("SET 'state.cells' = '1';"))));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}""", """{"k":"b","v":1}"""));
        await world.RunAsync(TimeSpan.FromSeconds(4));
        await world.IngestAsync([new Record(0, 2, 1_002, """{"k":"a","v":1}"""u8.ToArray())]);
        await world.RunAsync(TimeSpan.FromSeconds(2));
        var cell = world.States.Keys.Single(s => s.Kind == EntityKind.Group).Key;
        Assert.Equal(["a"], world.Cell(EntityKind.Group, cell).Held.Select(e => e.Key));
        Assert.Equal(1, world.Keys.CountOf(EntityKind.Group));
    }

    [Fact]
    public async Task Groups_that_may_expire_and_groups_with_an_entity_each_stay()
    {
        foreach (var settings in (string[])["SET 'table.exec.state.ttl' = '2 h';", Jobs.NoCells])
        {
            var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals(settings))));
            await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}"""));
            await world.RunAsync(TimeSpan.FromMinutes(5));
            Assert.Equal(0, world.Keys.Count);
        }
    }

    [Theory]
    [InlineData("k, COUNT(*), SUM(v)")]
    [InlineData(Distinct)]
    public async Task Messages_lost_repeated_and_out_of_order_leave_the_table_of_the_records_alone(string select)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            var records = Jobs.Records(Enumerable.Range(0, 200).Select(_ => Encoding.UTF8.GetBytes($$"""{"k":"k{{random.Next(30)}}","v":{{random.Next(9)}},"w":"{{random.Next(6)}}"}""")));
            var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals("SET 'state.cells' = '2';", select)), random.Next(2) * 500), seed, Faults.Disorder | Faults.Loss, hasPulse: true);
            foreach (var batch in records.Chunk(20))
            {
                await world.IngestAsync([.. batch.OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
                await world.RunAsync(TimeSpan.FromSeconds(random.Next(30)));
            }
            world.Faults = Faults.Disorder;
            await world.RunAsync(TimeSpan.FromMinutes(30));
            var plain = new EntityWorld(Jobs.Make(Jobs.Totals(select: select)));
            await plain.IngestAsync([.. records.OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
            await plain.RunAsync();
            Assert.Equal(plain.Sink.Rows, world.Sink.Rows);
            Assert.True(world.Keys.ReadsOf(EntityKind.Group).Found > 0, "no key came back");
        }
    }

    [Fact]
    public async Task A_row_that_comes_behind_a_newer_one_is_known_by_a_version_that_has_left_its_output()
    {
        var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals())));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}"""));
        await world.RunAsync(TimeSpan.FromMinutes(1));
        var late = world.Sent.First(s => s is { To: EntityKind.Output, Input: RowsMessage });
        await world.IngestAsync([new Record(0, 1, 1_001, """{"k":"a","v":1}"""u8.ToArray())]);
        await world.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["a | 2 | 2"], world.Sink.Rows);
        var output = JsonSerializer.Deserialize(world.States[(late.To, late.Key)], DurableJson.Default.OutboxState)!;
        Assert.NotEmpty(output.Segments!);
        Assert.Null(output.Aging);

        await world.SendAsync(late, TestContext.Current.CancellationToken);
        await world.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["a | 2 | 2"], world.Sink.Rows);
    }

    [Fact]
    public async Task However_many_rows_are_written_their_versions_are_in_a_few_segments_and_none_of_the_last_is_forgotten()
    {
        var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals())));
        for (var i = 0; i < 200; i++)
        {
            await world.IngestAsync([new Record(0, i, 1_000 + i, Encoding.UTF8.GetBytes($$"""{"k":"k{{i % 130}}","v":1}"""))]);
            await world.RunAsync(TimeSpan.FromSeconds(8));
        }
        await world.RunAsync(TimeSpan.FromMinutes(5));
        var rows = world.Sink.Rows.ToList();
        Assert.InRange(world.States.Where(s => s.Key.Kind == EntityKind.Output).Max(s => JsonSerializer.Deserialize(s.Value, DurableJson.Default.OutboxState)!.Segments!.Count), 1, 41);
        foreach (var late in world.Sent.Where(s => s is { To: EntityKind.Output, Input: RowsMessage }).Take(150).ToList())
            await world.SendAsync(late, TestContext.Current.CancellationToken);
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(rows, world.Sink.Rows);
    }

    [Fact]
    public async Task Keys_that_a_former_version_stored_one_by_one_are_read()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals()));
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}""", """{"k":"b","v":1}"""));
        await world.RunAsync();
        foreach (var (entity, state) in world.States.Where(s => s.Key.Kind == EntityKind.Group).ToList())
        {
            var json = JsonNode.Parse(state)!;
            json["Entries"] = new JsonObject(world.Cell(EntityKind.Group, entity.Key).Entries.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)JsonValue.Create(Convert.ToBase64String(e.Value)))));
            world.States[entity] = json.ToJsonString();
        }
        await world.IngestAsync([new Record(0, 2, 1_002, """{"k":"a","v":5}"""u8.ToArray())]);
        await world.RunAsync();
        Assert.Equal(["a | 2 | 6", "b | 1 | 1"], world.Sink.Rows);
    }
}
