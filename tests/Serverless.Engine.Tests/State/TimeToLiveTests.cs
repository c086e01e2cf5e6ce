using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.State;

/// <summary>Groups that expire and come again, and shards, which live as long as their group.</summary>
public sealed class TimeToLiveTests
{
    private const string Script = """
        SET 'table.exec.state.ttl' = '2 h';
        SET 'table.optimizer.distinct-agg.split.bucket-num' = '4';
        CREATE TABLE s (k STRING, v STRING) WITH ('connector' = 'kafka');
        CREATE TABLE r (k STRING, c BIGINT, d BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
        INSERT INTO r SELECT k, COUNT(*), COUNT(DISTINCT v) FROM s GROUP BY k;
        """;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<int, Shard> _shards = [];
    private long _offset;

    [Fact]
    public void The_row_of_a_group_that_comes_again_is_newer_though_it_is_made_of_fewer_events()
    {
        var compiled = new CompiledJob(JobHarness.Compile(Script));
        var (group, rows) = (new Group(compiled, "a"), new RowBuilder(compiled));
        var output = new Output(new OutputLimits(100, 1 << 20, 100, (long)TimeSpan.FromDays(2).TotalMilliseconds));

        output.Add(group.Apply(Slices(compiled, 3, "x").Slices.Span, rows, Noon));
        output.Acknowledge(output.Take(), Noon.ToUnixTimeMilliseconds());
        output.Add(group.Apply(Slices(compiled, 1, "y").Slices.Span, rows, Noon.AddDays(1)));

        Assert.Equal(["a", 1L, 1L], Assert.Single(output.Take()).Values);
    }

    [Fact]
    public void A_shard_lives_on_with_its_group()
    {
        var compiled = new CompiledJob(JobHarness.Compile(Script), isSplit: true);
        var (group, rows) = (new Group(compiled, "a"), new RowBuilder(compiled));

        Send(compiled, group, 10, "x", Noon);
        Send(compiled, group, 4, "y", Noon.AddHours(1.5));
        Send(compiled, group, 4, "z", Noon.AddHours(3)); // the shard of x has had no event for three hours, its group has
        Send(compiled, group, 5, "x", Noon.AddHours(3.5));

        Assert.Equal(["a", 23L, 3L], Assert.Single(group.Answer(rows, Noon).Rows).Values);
    }

    [Fact]
    public void When_a_group_begins_anew_so_do_its_shards()
    {
        var compiled = new CompiledJob(JobHarness.Compile(Script), isSplit: true);
        var (group, rows) = (new Group(compiled, "a"), new RowBuilder(compiled));

        Send(compiled, group, 10, "x", Noon);
        Send(compiled, group, 4, "y", Noon);
        Send(compiled, group, 1, "y", Noon.AddHours(3));
        Send(compiled, group, 1, "x", Noon.AddHours(4));

        Assert.Equal(["a", 2L, 2L], Assert.Single(group.Answer(rows, Noon).Rows).Values);
    }

    [Fact]
    public void A_shard_that_hears_nothing_expires_by_itself_after_twice_the_time()
    {
        var compiled = new CompiledJob(JobHarness.Compile(Script), isSplit: true);
        var slices = Slices(compiled, 1, "x");
        var shard = new Shard(compiled, "a", slices.Shard);
        shard.Apply(slices.Slices.Span, Noon, out _);

        Assert.False(shard.IsExpired(Noon.AddHours(4)));
        Assert.True(shard.IsExpired(Noon.AddHours(4).AddSeconds(1)));
        shard.Keep(Noon.AddHours(3));
        Assert.False(shard.IsExpired(Noon.AddHours(7)));
    }

    [Fact]
    public void A_shard_with_input_since_does_not_end_with_a_former_life_of_its_group()
    {
        var compiled = new CompiledJob(JobHarness.Compile(Script), isSplit: true);
        var slices = Slices(compiled, 1, "x");
        var shard = new Shard(compiled, "a", slices.Shard);
        shard.Apply(slices.Slices.Span, Noon, out _);

        Assert.False(shard.EndLife(Noon.AddSeconds(-1)));
        Assert.NotNull(shard.Summary());
        Assert.True(shard.EndLife(Noon));
        Assert.Null(shard.Summary());
    }

    [Fact]
    public void What_is_sent_decides_the_version_and_not_when_it_is_applied()
    {
        var compiled = new CompiledJob(JobHarness.Compile(Script));
        var rows = new RowBuilder(compiled);
        var (first, second) = (Written(Slices(compiled, 1, "x")), Written(Slices(compiled, 1, "y")));
        RowVersion Apply(params (byte[] Slices, int Sent)[] messages)
        {
            var group = new Group(compiled, "a");
            var version = default(RowVersion);
            foreach (var (message, sent) in messages)
                version = group.Apply(GroupSlices.Read(compiled, "a", -1, message).Slices.Span, rows, Noon.AddMinutes(messages.Length + sent), Noon.AddSeconds(sent)).Rows[0].Version;
            return version;
        }

        var lost = Apply((second, 2)); // an execution whose state was not stored
        var stored = Apply((second, 2), (first, 1));
        Assert.True(stored > lost && stored > Apply((first, 1)) && stored == Apply((first, 1), (second, 2)));
    }

    private void Send(CompiledJob compiled, Group group, int count, string value, DateTimeOffset now)
    {
        var slices = Slices(compiled, count, value);
        if (!_shards.TryGetValue(slices.Shard, out var shard))
            _shards.Add(slices.Shard, shard = new Shard(compiled, "a", slices.Shard));
        shard.Follow(group, now);
        group.Merge(shard.Apply(slices.Slices.Span, now, out _)!, now);
    }

    private GroupSlices Slices(CompiledJob compiled, int count, string value) => Assert.Single(new Ingestor(compiled, "t").Process(
        [.. Enumerable.Range(0, count).Select(_ => new Record(0, _offset++, 0, Encoding.UTF8.GetBytes($$"""{"k":"a","v":"{{value}}"}""")))]).Groups);

    private static byte[] Written(GroupSlices slices)
    {
        var writer = new StateWriter();
        slices.Write(writer);
        return writer.Written.ToArray();
    }
}
