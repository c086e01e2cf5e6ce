using System.Text;

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
        Assert.True(world.Keys.Count >= 2);

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
        Assert.Equal((1, 1), world.Keys.Reads);
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
        Assert.Equal(1, world.Keys.Count);
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
            Assert.True(world.Keys.Reads.Found > 0, "no key came back");
        }
    }
}
