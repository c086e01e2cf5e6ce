namespace Serverless.Durable.Tests;
public sealed class DebugTests(ITestOutputHelper o)
{
    [Theory]
    [InlineData("pvuv", "", 1)]
    [InlineData("pvuv", "SET 'state.cells' = '5';", 4)]
    public async Task Debug(string name, string settings, int seed)
    {
        var (expected, world) = await LossTests.RunAsync(LossTests.Load(name, settings), name, seed, true);
        foreach (var ((kind, key), s) in world.States)
        {
            o.WriteLine($"{kind} {key}");
            if (kind is EntityKind.Job) o.WriteLine("   " + s);
            if (kind is EntityKind.Group or EntityKind.Shard)
            {
                var cell = world.Cell(kind, key);
                o.WriteLine($"   entries {string.Join(',', cell.Entries.Keys)} touched {cell.Touched.Count} emit {cell.Emit} sent {System.Text.Json.JsonSerializer.Serialize(cell.Sent)} resend {cell.Resend} owed {cell.Owed is null} gaps {cell.Gaps?.Count} check {cell.GapCheck}");
                foreach (var (e, b) in cell.Entries)
                {
                    var a = kind == EntityKind.Group ? Engine.State.Group.Read(LossTests.Load(name, settings).Compiled, e, b).Applied : Engine.State.Shard.Read(LossTests.Load(name, settings).Compiled, Engine.State.Shard.Parse(e).Group, Engine.State.Shard.Parse(e).Number, b).Applied;
                    if (a is not null)
                        foreach (var (p, r) in a.Partitions) o.WriteLine($"      {e} p{p}: {string.Join("; ", r.Select(x => $"{x.First}-{x.Last} began {x.Began}"))}");
                }
            }
        }
        var compiled = LossTests.Load(name, settings).Compiled;
        foreach (var r in Jobs.Records(name == "recharge" ? GeneratedEvents.Recharge(200, 5, seed) : GeneratedEvents.Track(200, 40, seed)))
        {
            var g = new Engine.Ingest.Ingestor(compiled, "t").Process([r]).Groups[0];
            var kind = g.Shard < 0 ? EntityKind.Group : EntityKind.Shard;
            var placement = new Placement(LossTests.Load(name, settings));
            var key = g.Shard < 0 ? placement.OfGroup(g.Key) : placement.OfShard(g.Key, g.Shard);
            var entry = g.Shard < 0 ? g.Key : Engine.State.Shard.KeyOf(g.Key, g.Shard);
            var has = world.States.ContainsKey((kind, key)) && world.Cell(kind, key).Entries.TryGetValue(entry, out var b) && (kind == EntityKind.Group ? Engine.State.Group.Read(compiled, entry, b).Applied! : Engine.State.Shard.Read(compiled, g.Key, g.Shard, b).Applied).Covers(r.Partition, r.Offset);
            if (!has) o.WriteLine($"LACKS {entry} p{r.Partition} {r.Offset}");
        }
        foreach (var l in world.Log) o.WriteLine(l);
        o.WriteLine(string.Join('\n', expected.Except(world.Sink.Rows).Take(3)) + "\nbut\n" + string.Join('\n', world.Sink.Rows.Except(expected).Take(3)));
        Assert.Fail($"now {world.Now} waiting: " + string.Join('\n', world.Waiting.Select(w => $"{w.To} {w.Key} {w.Operation} {w.At}")));
    }
}
