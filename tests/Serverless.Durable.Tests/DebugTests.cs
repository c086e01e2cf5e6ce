namespace Serverless.Durable.Tests;
public sealed class DebugTests(ITestOutputHelper o)
{
    [Theory]
    [InlineData("pvuv", "", 1)]
    [InlineData("recharge", "", 4)]
    [InlineData("recharge", "SET 'state.cells' = '3';", 5)]
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
        o.WriteLine(string.Join('\n', expected.Except(world.Sink.Rows).Take(3)) + "\nbut\n" + string.Join('\n', world.Sink.Rows.Except(expected).Take(3)));
        Assert.Fail($"now {world.Now} waiting: " + string.Join('\n', world.Waiting.Select(w => $"{w.To} {w.Key} {w.Operation} {w.At}")));
    }
}
