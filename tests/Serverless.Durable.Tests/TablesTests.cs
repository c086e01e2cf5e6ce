using System.Text;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>The tables, whatever happens on the way through entities.</summary>
public sealed class TablesTests
{
    [Theory]
    [InlineData(Jobs.NoCells)]
    [InlineData("SET 'state.cells' = '4';")]
    public async Task The_articles_messages_leave_the_articles_tables(string settings)
    {
        var recharge = new EntityWorld(Jobs.Recharge(settings));
        await recharge.IngestAsync(Jobs.Records(await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken)));
        await recharge.RunAsync();
        Assert.Equal(["appkey1 | 1 | 2020-09-30 14:30:36 | roleid1 | 139.4 | 2020-09-30", "appkey2 | 2 | 2020-09-30 14:20:36 | roleid2 | 64.6 | 2020-09-30"], recharge.Sink.Rows);

        var pvuv = new EntityWorld(Jobs.PvUv(settings));
        await pvuv.IngestAsync(Jobs.Records(await File.ReadAllLinesAsync(Repository.DemoFile("pv-uv.jsonl"), TestContext.Current.CancellationToken)));
        await pvuv.RunAsync();
        Assert.Equal(["2021-12-01 | 19:11 | 1 | 1 | (now)", "2021-12-01 | 19:12 | 2 | 2 | (now)", "2021-12-01 | 19:13 | 3 | 3 | (now)"], pvuv.Sink.Rows);
    }

    [Theory]
    [InlineData("recharge", Jobs.NoCells)]
    [InlineData("recharge", "SET 'state.cells' = '3';")]
    [InlineData("pvuv", Jobs.NoCells)]
    [InlineData("pvuv", "SET 'state.cells' = '5';")]
    [InlineData("pvuv", Jobs.NoCells + "SET 'table.optimizer.distinct-agg.split.enabled' = 'false';")]
    public async Task Messages_lost_repeated_and_out_of_order_leave_the_table_of_the_records_alone(string name, string settings)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var events = name == "recharge" ? GeneratedEvents.Recharge(300, 5, seed) : GeneratedEvents.Track(300, 40, seed);
            var records = Jobs.Records(events);
            var expected = await InOrderAsync(Load(name, settings), records);
            var random = new Random(seed);
            var world = new EntityWorld(Load(name, settings), seed, Faults.Disorder);
            for (var at = 0; at < records.Count;)
            {
                // Now and then records come again, and a batch fails half way and comes again at once.
                var first = random.Next(5) == 0 ? random.Next(at + 1) : at;
                var batch = records[first..Math.Min(records.Count, first + random.Next(1, 60))].OrderBy(r => r.Partition).ThenBy(r => r.Offset).ToList();
                world.Sink.IsAway = random.Next(3) == 0;
                var left = random.Next(6);
                if (random.Next(4) == 0)
                    await TryAsync(() => world.IngestAsync(batch, _ => left-- <= 0));
                await world.IngestAsync(batch);
                await world.RunAsync(TimeSpan.FromSeconds(random.Next(5)));
                at = Math.Max(at, first + batch.Count);
            }
            world.Sink.IsAway = false;
            await world.RunAsync();
            Assert.True(expected.SequenceEqual(world.Sink.Rows), $"seed {seed}:\n{string.Join('\n', expected)}\nbut\n{string.Join('\n', world.Sink.Rows)}");
        }
    }

    [Fact]
    public async Task A_bad_record_is_a_dead_letter_before_the_batch_is_done()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals()));
        world.Letters.IsAway = true;
        List<Record> records = Jobs.Records("""{"k":"a","v":1}""", """{"k":"a","v":"x"}""");

        await Assert.ThrowsAsync<Connectors.SinkUnavailableException>(() => world.IngestAsync(records));
        Assert.DoesNotContain(world.Sent, s => s.To == EntityKind.Group);
        world.Letters.IsAway = false;
        await world.IngestAsync(records);
        await world.RunAsync();

        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
        Assert.Contains("'x'", Assert.Single(world.Letters.All).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_groups_whose_names_are_cut_to_one_key_do_not_mix()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals("SET 'state.cells' = '1';")));
        var longest = new string('玩', 200);
        await world.IngestAsync(Jobs.Records($$"""{"k":"{{longest}}1","v":1}""", $$"""{"k":"{{longest}}2","v":2}""", """{"k":null,"v":3}""", """{"k":"a/b\\c#d?e","v":4}"""));
        await world.RunAsync();

        Assert.Single(world.States.Keys, k => k.Kind == EntityKind.Group);
        Assert.Equal(4, world.Sink.Rows.Count + world.Letters.All.Count);
    }

    [Fact]
    public void Keys_of_entities_hold_nothing_that_a_storage_refuses_and_are_not_long()
    {
        var placement = new EntityKeys(Jobs.Make(Jobs.Totals().Replace("CREATE TABLE s", "SET 'pipeline.name' = 'a/b 玩#?';\nCREATE TABLE s", StringComparison.Ordinal)));
        foreach (var key in (string[])[placement.OfShard("a|b", 3), placement.OfGroup(new string('x', 500)), placement.OfOutput(7), placement.OfJob])
        {
            Assert.Equal(-1, key.AsSpan().IndexOfAny("/\\#?"));
            Assert.True(key.Length <= 100, key);
            Assert.True(EntityKeys.TryParse(key, out var job, out _));
            Assert.Equal("a%2Fb%20%E7%8E%A9%23%3F.g1", job);
        }
    }

    private static DurableJob Load(string name, string settings) => name == "recharge" ? Jobs.Recharge(settings) : Jobs.PvUv(settings);

    private static async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (IOException)
        {
            // What was sent of the batch is on its way, and comes again with it.
        }
    }

    private static async Task<IReadOnlyList<string>> InOrderAsync(DurableJob job, List<Record> records)
    {
        var world = new EntityWorld(job);
        await world.IngestAsync([.. records.OrderBy(r => r.Partition).ThenBy(r => r.Offset)]);
        await world.RunAsync();
        return world.Sink.Rows;
    }
}
