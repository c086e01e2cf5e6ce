using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.Ingest;

/// <summary>What slices cover, and what they prove.</summary>
public sealed class CoverTests
{
    private const long Horizon = 10;

    private static readonly CompiledJob Compiled = new(JobHarness.Compile("""
        CREATE TABLE s (k STRING) WITH ('connector' = 'kafka');
        CREATE TABLE r (k STRING, c BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
        INSERT INTO r SELECT k, COUNT(*) FROM s GROUP BY k;
        """));

    private readonly Ingestor _ingestor = new(Compiled, "t") { IsCovered = true };

    [Fact]
    public void A_slice_goes_on_where_the_groups_last_one_ended_and_says_where_the_reading_began()
    {
        Assert.Equal(["a 5-6 began 5", "b 5-6 began 5"], Process(5, "a", "b"));
        Assert.Equal(["a 7-7 began 5"], Process(7, "a"));
        Assert.Equal(["b 7-8 began 5"], Process(8, "b"));
    }

    [Fact]
    public void A_reading_that_begins_elsewhere_proves_nothing_of_the_one_before()
    {
        Process(0, "a");
        Assert.Equal(["a 9-9 began 9"], Process(9, "a"));
    }

    [Fact]
    public void What_is_settled_is_covered_and_no_slice_proves_it_missing()
    {
        Process(0, "a", "b");
        _ingestor.Settle(0, 2);
        Assert.Equal(["a 2-2 began 2"], Process(2, "a"));
        Assert.Equal(["a 3-3 began 2"], Process(3, "a")); // what was read since is proven
        Assert.Equal(["c 0-4 began 0"], Process(4, "c"));
        Assert.Equal(["a 4-4 began 2", "b 2-4 began 2", "c 5-4 began 2"], Cover());
    }

    [Fact]
    public void Offsets_that_hold_no_record_are_covered_and_end_no_reading()
    {
        Process(0, "a");
        Assert.Equal(["a 1-4 began 0"], Process(new Record(0, 4, 0, Value("a")) { From = 1 }));
        Assert.Equal(["a 5-9 began 0"], Process(new Record(0, 6, 0, Value("a")) { From = 5 }, new Record(0, 9, 0, Value("a")) { From = 7 }));
        Assert.Equal(["a 12-12 began 12"], Process(new Record(0, 12, 0, Value("a")) { From = 12 }));
    }

    [Fact]
    public void A_topic_with_markers_between_all_records_leaves_one_range()
    {
        var offsets = new AppliedOffsets();
        for (var i = 0; i < 1000; i++)
            Apply(offsets, _ingestor.Process([new Record(0, 2 * i, 0, Value("a")) { From = Math.Max(0, (2 * i) - 1) }]).Groups, i);
        Assert.Single(offsets.Partitions.Single().Ranges);
    }

    [Fact]
    public void A_cover_tells_those_who_were_sent_something_how_far_the_reading_is()
    {
        Process(0, "a", "b", "b");
        Process(3, "c");
        Assert.Equal(["a 3-3 began 0", "b 3-3 began 0", "c 4-3 began 0"], Cover());
        Assert.Empty(Cover());
        Process(4, "a");
        Assert.Equal(["a 5-4 began 0"], Cover());
        Assert.Equal(["b 4-5 began 0"], Process(5, "b"));
    }

    [Fact]
    public void A_reading_that_has_ended_is_covered_too()
    {
        Process(0, "a", "b");
        Process(7, "a");
        Assert.Equal(["a 2-1 began 0, 8-7 began 7", "b 2-1 began 0"], Cover());
    }

    [Fact]
    public void A_cover_that_could_not_be_sent_is_given_again()
    {
        Process(0, "a");
        var lost = _ingestor.Cover();
        Assert.Equal(lost.Select(Text), Cover());
    }

    [Fact]
    public void A_slice_that_is_not_the_first_of_its_reading_proves_that_the_one_before_is_missing()
    {
        var offsets = new AppliedOffsets();
        Process(0, "a");
        Apply(offsets, Batch(1, "a"), now: 1);
        Assert.Equal([new OffsetGap(0, 0, 0, 1)], offsets.Gaps);

        Apply(offsets, new Ingestor(Compiled, "t").Process([Record(0, "a")]).Groups, now: 2); // read again
        Assert.Empty(offsets.Gaps);
    }

    [Fact]
    public void A_cover_proves_that_the_last_slice_is_missing()
    {
        var offsets = new AppliedOffsets();
        Apply(offsets, Batch(0, "a"), now: 0);
        Process(1, "a", "x");
        Apply(offsets, [.. _ingestor.Cover().Where(g => g.Key == "a")], now: 5);
        Assert.Equal([new OffsetGap(0, 1, 2, 5)], offsets.Gaps);
    }

    [Fact]
    public void A_proven_gap_is_never_given_up()
    {
        var offsets = new AppliedOffsets();
        Process(0, "a");
        for (var i = 1; i < 50; i++)
            Apply(offsets, Batch(i, "a"), now: i * Horizon);
        Assert.Equal([new OffsetGap(0, 0, 0, Horizon)], offsets.Gaps);
        Assert.False(offsets.Covers(0, 0));
    }

    [Fact]
    public void Proofs_and_times_survive_in_the_state()
    {
        var offsets = new AppliedOffsets();
        Process(0, "a");
        Apply(offsets, Batch(1, "a"), now: 7);
        offsets.Add(0, 5, 6, 5, 8, Horizon);

        var writer = new StateWriter();
        offsets.Write(writer);
        var reader = new StateReader(writer.Written, "offsets");
        var read = new AppliedOffsets();
        read.Read(ref reader);

        Assert.Equal(offsets.Partitions.Single().Ranges, read.Partitions.Single().Ranges);
        Assert.Equal([new OffsetRange(1, 1, 7, 7, 0), new OffsetRange(5, 6, 8, 8, 5)], read.Partitions.Single().Ranges);
    }

    [Fact]
    public void No_more_groups_are_remembered_than_may_be_and_what_is_forgotten_is_never_covered()
    {
        var ingestor = new Ingestor(Compiled, "t") { IsCovered = true, MostRemembered = 3 };
        ingestor.Process([Record(0, "a"), Record(1, "b")]);
        ingestor.Stored();
        ingestor.Process([Record(2, "c"), Record(3, "d")]);
        ingestor.Stored();

        Assert.Empty(ingestor.Cover());
        Assert.Equal(["a 4-4 began 4"], ingestor.Process([Record(4, "a")]).Groups.Select(Text));
    }

    [Fact]
    public void Partitions_share_what_may_be_remembered()
    {
        var ingestor = new Ingestor(Compiled, "t") { MostRemembered = 3 };
        ingestor.Process([Record(0, "a"), Record(1, "b"), new Record(1, 0, 0, Value("a")), new Record(1, 1, 0, Value("b")), new Record(1, 2, 0, Value("c"))]);
        ingestor.Stored();

        var again = ingestor.Process([Record(2, "a"), new Record(1, 3, 0, Value("a"))]).Groups.Single();
        Assert.Equal("a 2-2 began 0, 3-3 began 3", Text(again)); // the larger one is let go
    }

    [Fact]
    public void Slices_say_where_their_reading_began_as_bytes_too()
    {
        Process(0, "a", "b");
        var slices = Batch(2, "a").Single();
        var writer = new StateWriter();
        slices.Write(writer);
        Assert.Equal(Text(slices), Text(GroupSlices.Read(Compiled, "a", -1, writer.Written)));
        Assert.Equal("a 2-2 began 2", Text(GroupSlices.Read(Compiled, "a", -1, writer.Written[..^1]))); // a message of the former version ends before
    }

    private List<string> Process(long first, params string[] keys) => Process([.. keys.Select((k, i) => Record(first + i, k))]);

    private List<string> Process(params Record[] records)
    {
        List<string> texts = [.. _ingestor.Process(records).Groups.Select(Text)];
        _ingestor.Stored();
        return texts;
    }

    private IReadOnlyList<GroupSlices> Batch(long first, params string[] keys)
    {
        var groups = _ingestor.Process([.. keys.Select((k, i) => Record(first + i, k))]).Groups;
        _ingestor.Stored();
        return groups;
    }

    private List<string> Cover()
    {
        List<string> texts = [.. _ingestor.Cover().Select(Text).Order(StringComparer.Ordinal)];
        _ingestor.CoverStored();
        return texts;
    }

    private void Apply(AppliedOffsets offsets, IReadOnlyList<GroupSlices> groups, long now)
    {
        foreach (var slice in groups.SelectMany(g => g.Slices.ToArray()))
            offsets.Add(slice.Partition, slice.First, slice.Last, slice.Began, now, Horizon);
        _ingestor.Stored();
    }

    private static string Text(GroupSlices group) => $"{group.Key} {string.Join(", ", group.Slices.ToArray().Select(s => $"{s.First}-{s.Last} began {s.Began}"))}";

    private static Record Record(long offset, string key) => new(0, offset, 0, Value(key));

    private static byte[] Value(string key) => Encoding.UTF8.GetBytes($$"""{"k":"{{key}}"}""");
}
