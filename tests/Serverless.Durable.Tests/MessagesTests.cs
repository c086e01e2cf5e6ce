using System.Globalization;
using System.Text;
using System.Text.Json;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Durable.Tests;

/// <summary>What batches cost: how many messages, how large, how large the states.</summary>
public sealed class MessagesTests(ITestOutputHelper output)
{
    private static readonly int MaxGrpcMessageSize = HostJson("maxGrpcMessageSizeInBytes");
    private static readonly int MaxOperationBatch = HostJson("maxEntityOperationBatchSize");

    [Fact]
    public async Task A_batch_of_the_recharge_job_costs_one_message_a_group_and_at_most_one_a_group_and_part()
    {
        var world = new EntityWorld(Jobs.Recharge(Jobs.NoCells));
        var (batch, signals) = await world.IngestAsync(Jobs.Records(GeneratedEvents.Recharge(10_000, 50), 1));
        Assert.Equal(batch!.Groups.Count, signals);
        world.Sent.Clear();
        await world.RunAsync(TimeSpan.FromMilliseconds(1));

        // A group has one row, so one message to one part.
        Assert.Equal(batch.Groups.Count, world.Sent.Count(s => s.Operation == Operations.Add));
        // An output writes after a second and confirms after thirty; a group looks after two minutes whether all is confirmed.
        Assert.InRange(world.Sent.Count(s => s is { To: EntityKind.Output, Operation: Operations.Tick }), 2, 2 * OutboxPartition.Count);
        Assert.Equal(batch.Groups.Count, world.Sent.Count(s => s is { To: EntityKind.Group, Operation: Operations.Tick }));
        Assert.Equal(batch.Groups.Count, world.States.Keys.Count(k => k.Kind == EntityKind.Group));
        output.WriteLine($"recharge: {batch.Records} records, {batch.Groups.Count} groups: {signals} + {world.Sent.Count} messages");
    }

    [Fact]
    public async Task A_batch_of_the_pvuv_job_costs_one_message_a_shard_one_to_its_group_and_at_most_eight_from_it()
    {
        var world = new EntityWorld(Jobs.PvUv(Jobs.NoCells));
        var (batch, signals) = await world.IngestAsync(Jobs.Records(GeneratedEvents.Track(1_000, 100_000).Take(100), 1));
        Assert.Equal(16, signals);
        Assert.All(world.Sent.Where(s => s.To != EntityKind.Job), s => Assert.Equal(EntityKind.Shard, s.To));
        world.Sent.Clear();
        await world.RunAsync(TimeSpan.FromMilliseconds(600));

        Assert.Equal(16, world.Sent.Count(s => s.Operation == Operations.Merge));
        Assert.Equal(1, world.Sent.Count(s => s.Operation == Operations.Emit));
        Assert.InRange(world.Sent.Count(s => s.Operation == Operations.Add), 1, OutboxPartition.Count);
        output.WriteLine($"pvuv: {batch!.Records} records, {signals} + {world.Sent.Count} messages");
    }

    [Fact]
    public async Task A_batch_over_tens_of_thousands_of_groups_costs_a_message_a_cell()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals()));
        var (batch, signals) = await world.IngestAsync(Jobs.Records(Enumerable.Range(0, 20_000).Select(i => Encoding.UTF8.GetBytes($$"""{"k":"k{{i}}","v":{{i}}}"""))));
        Assert.Equal((20_000, CellCount.Default), (batch!.Groups.Count, signals));
        world.Sent.Clear();
        await world.RunAsync(TimeSpan.FromMilliseconds(1));

        Assert.InRange(world.Sent.Count(s => s.Operation == Operations.Add), 1, CellCount.Default * OutboxPartition.Count);
        Assert.Equal(CellCount.Default, world.States.Keys.Count(k => k.Kind == EntityKind.Group));
    }

    [Theory]
    [InlineData("50 groups, one entity each", Jobs.NoCells, 50, 200_000)]
    [InlineData("20,000 groups", "", 20_000, 200_000)]
    public async Task A_flood_of_records_makes_no_message_and_no_state_that_is_too_large(string name, string settings, int groups, int count)
    {
        var world = new EntityWorld(Jobs.Recharge(settings));
        foreach (var batch in Jobs.Records(GeneratedEvents.Recharge(count, groups / 3)).Chunk(10_000))
        {
            await world.IngestAsync([.. batch.OrderBy(r => r.Partition)]);
            await world.RunAsync(TimeSpan.FromMilliseconds(1));
        }
        await world.RunAsync();
        Check(name, world);
        Assert.InRange(world.Sink.Rows.Count, groups / 3, groups + 3);
    }

    [Fact]
    public async Task Of_a_million_groups_a_cell_holds_those_that_changed_lately()
    {
        // A sixteenth of the groups, of the cells, and of each batch.
        const int Groups = 1_000_000 / 16;
        const int Batch = 10_000 / 16;
        const int HotBytes = 256 * 1024;
        var world = new EntityWorld(Jobs.Chilled(Jobs.Make(Jobs.Totals("SET 'state.cells' = '4';")), HotBytes));
        foreach (var batch in Jobs.Records(Enumerable.Range(0, Groups).Select(i => Encoding.UTF8.GetBytes($$"""{"k":"a key of some length {{i}}","v":{{i}}}"""))).Chunk(Batch))
        {
            await world.IngestAsync([.. batch.OrderBy(r => r.Partition)]);
            await world.RunAsync(TimeSpan.FromSeconds(1));
        }
        await world.RunAsync(TimeSpan.FromMinutes(1));
        Check("a million groups", world);
        Assert.Equal(Groups, world.Sink.Rows.Count);
        Assert.InRange(world.States.Where(s => s.Key.Kind == EntityKind.Group).Max(s => s.Value.Length), 0, HotBytes * 3 / 2);
        Assert.InRange(world.Keys.CountOf(EntityKind.Group), Groups * 3 / 4, Groups);

        // The first batch after a minute tells what was touched before how far the topic is read, the second touches its own groups alone.
        var (before, random) = (0, new Random(1));
        for (var round = 0; round < 2; round++)
        {
            before = world.Keys.ReadsOf(EntityKind.Group).Asked;
            await world.IngestAsync([.. Enumerable.Range(round * Batch, Batch).Select(i => new Record(0, 1_000_000 + i, 0, Encoding.UTF8.GetBytes($$"""{"k":"a key of some length {{random.Next(Groups)}}","v":1}""")))]);
            await world.RunAsync(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(world.Keys.ReadsOf(EntityKind.Group).Asked - before, 1, Batch);
    }

    [Fact]
    public async Task A_day_of_a_million_addresses_makes_no_message_and_no_state_that_is_too_large()
    {
        var world = new EntityWorld(Jobs.PvUv());
        var start = new DateTime(2021, 12, 1);
        var events = Enumerable.Range(0, 1_000_000).Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"client_ip":"{{100 + (i >> 16 & 127)}}.{{100 + (i >> 8 & 255)}}.{{100 + (i & 255)}}.{{100 + i % 97}}","p_dt":"2021-12-01","c_time":"{{start.AddSeconds(i * 86_400L / 1_000_000):yyyy-MM-dd HH:mm:ss}}"}""")));
        foreach (var batch in Jobs.Records(events).Chunk(50_000))
        {
            await world.IngestAsync([.. batch.OrderBy(r => r.Partition)]);
            await world.RunAsync(TimeSpan.FromMilliseconds(1));
        }
        await world.RunAsync();
        Check("a million addresses", world);
        Assert.Equal(1_440, world.Sink.Rows.Count);
        Assert.Contains("2021-12-01 | 23:59 | 1000000 | 1000000 | (now)", world.Sink.Rows);
    }

    [Fact]
    public async Task A_late_minute_sends_the_whole_day_again_in_messages_that_are_not_too_large()
    {
        var world = new EntityWorld(Jobs.PvUv());
        await world.IngestAsync(Jobs.Records(GeneratedEvents.Track(5_000, 500), 1));
        await world.RunAsync();
        world.Sent.Clear();
        var late = new Record(0, 5_000, 0, Encoding.UTF8.GetBytes("""{"client_ip":"late","p_dt":"2021-12-01","c_time":"2021-12-01 00:00:01"}"""));
        await world.IngestAsync([late]);
        await world.RunAsync();

        Assert.Equal(OutboxPartition.Count, world.Sent.Count(s => s.Operation == Operations.Add));
        Assert.Contains(world.Sink.Rows, r => r.StartsWith("2021-12-01 | 00:00 |", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_one_message_is_cut_between_offsets_and_counts_once()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals("SET 'table.optimizer.distinct-agg.split.enabled' = 'false';", "k, COUNT(*), COUNT(DISTINCT w)")));
        var records = Jobs.Records(Enumerable.Range(0, 1_000).Select(i => Encoding.UTF8.GetBytes($$"""{"k":"a","v":1,"w":"{{i}}{{new string('x', 5_000)}}"}""")), 2);
        var (_, signals) = await world.IngestAsync([.. records.OrderBy(r => r.Partition)]);
        Assert.InRange(signals, 8, 32);
        await world.IngestAsync([.. records.OrderBy(r => r.Partition)]);
        await world.RunAsync();

        Assert.Equal(["a | 1000 | 1000"], world.Sink.Rows);
        Assert.InRange(world.LargestMessage, 400_000, MessageLimits.MostEncoded);
    }

    private static int HostJson(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")));
        return json.RootElement.GetProperty("extensions").GetProperty("durableTask").GetProperty(name).GetInt32();
    }

    // The state and a batch of operations travel in one message, so that is the sum that must fit.
    private void Check(string name, EntityWorld world)
    {
        output.WriteLine($"{name}: largest message {world.LargestMessage / 1024.0:N0} KB, largest state {world.LargestState / 1024.0:N0} KB as JSON; "
            + $"{MaxOperationBatch} operations with it at most {(world.LargestState + MaxOperationBatch * (long)world.LargestMessage) / 1048576.0:N1} MB of {MaxGrpcMessageSize / 1048576} MB");
        Assert.InRange(world.LargestMessage, 0, MessageLimits.MostEncoded);
        Assert.True(world.LargestState + MaxOperationBatch * (long)world.LargestMessage < MaxGrpcMessageSize);
    }
}
