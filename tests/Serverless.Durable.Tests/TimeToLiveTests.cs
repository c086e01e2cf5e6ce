using System.Text;

namespace Serverless.Durable.Tests;

public sealed class TimeToLiveTests
{
    private const string Ttl = "SET 'table.exec.state.ttl' = '2 h';";

    [Theory]
    [InlineData(Jobs.NoCells)]
    [InlineData("SET 'state.cells' = '3';")]
    public async Task A_group_that_expired_and_comes_again_is_written(string cells)
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Ttl + cells)));
        await world.IngestAsync([Event(0, 1, "x"), Event(1, 1, "x"), Event(2, 1, "x")]);
        await world.RunAsync(TimeSpan.FromDays(1));
        await world.IngestAsync([Event(3, 100, "x")]);
        await world.RunAsync();
        Assert.Equal(["a | 1 | 100"], world.Sink.Rows);
    }

    [Theory]
    [InlineData(Jobs.NoCells)]
    [InlineData("SET 'state.cells' = '3';")]
    public async Task A_shard_lives_as_long_as_its_group(string cells)
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Ttl + cells, "k, COUNT(*), COUNT(DISTINCT w)")));
        var next = 0L;
        await IngestAsync(10, "x");
        await world.RunAsync(TimeSpan.FromMinutes(90));
        await IngestAsync(4, "y");
        await world.RunAsync(TimeSpan.FromMinutes(90));
        await IngestAsync(4, "z");
        await world.RunAsync(TimeSpan.FromMinutes(90));
        await IngestAsync(5, "x");
        await world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["a | 23 | 3"], world.Sink.Rows);

        Task IngestAsync(int count, string value) => world.IngestAsync([.. Enumerable.Range(0, count).Select(_ => Event(next++, 1, value))]);
    }

    [Fact]
    public async Task The_shards_of_a_group_that_expires_end_with_it()
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals(Ttl, "k, COUNT(*), COUNT(DISTINCT w)")));
        await world.IngestAsync([Event(0, 1, "x"), Event(1, 1, "y"), Event(2, 1, "z")]);
        await world.RunAsync(TimeSpan.FromHours(4));
        Assert.DoesNotContain(world.States.Keys, k => k.Kind is EntityKind.Group or EntityKind.Shard);
        await world.IngestAsync([Event(3, 1, "x")]);
        await world.RunAsync();
        Assert.Equal(["a | 1 | 1"], world.Sink.Rows);
    }

    private static Record Event(long offset, int value, string w) => new(0, offset, 1_000 + offset, Encoding.UTF8.GetBytes($$"""{"k":"a","v":{{value}},"w":"{{w}}"}"""));
}
