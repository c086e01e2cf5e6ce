using CsCheck;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.State;

/// <summary>Covered ranges, beside a plain set of offsets.</summary>
public sealed class AppliedOffsetsTests
{
    private const long Horizon = 10;

    private static readonly Gen<(int Partition, long First, long Length)[]> Ranges =
        Gen.Select(Gen.Int[0, 1], Gen.Long[0, 40], Gen.Long[1, 8]).Array[0, 25];

    [Fact]
    public void Exactly_the_added_offsets_are_covered_whatever_the_order_of_the_ranges() => Ranges.Sample(ranges =>
    {
        var applied = new AppliedOffsets();
        var known = new HashSet<(int, long)>();
        foreach (var (partition, first, length) in ranges)
        {
            Assert.Equal(!Offsets(partition, first, length).Any(known.Contains), applied.IsFree(partition, first, first + length - 1));
            applied.Add(partition, first, first + length - 1, first, 0, Horizon);
            known.UnionWith(Offsets(partition, first, length));
        }

        for (var partition = 0; partition < 2; partition++)
            for (var offset = -1L; offset < 60; offset++)
                Assert.Equal(known.Contains((partition, offset)), applied.Covers(partition, offset));
    });

    [Fact]
    public void Ranges_stay_sorted_disjoint_and_apart() => Ranges.Sample(ranges =>
    {
        foreach (var (_, kept) in After(ranges).Partitions)
            for (var i = 1; i < kept.Count; i++)
                Assert.True(kept[i - 1].Last + 1 < kept[i].First);
    });

    [Fact]
    public void The_order_of_the_ranges_leaves_no_trace() => Gen.Select(Ranges, Gen.Int).Sample((ranges, seed) =>
    {
        var shuffled = ranges.ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(Bytes(After(ranges)), Bytes(After(shuffled)));
    });

    [Fact]
    public void State_read_back_is_the_state_that_was_written() => Ranges.Sample(ranges =>
    {
        var written = Bytes(After(ranges));
        var read = new AppliedOffsets();
        var reader = new StateReader(written, "offsets");
        read.Read(ref reader);
        Assert.Equal(written, Bytes(read));
    });

    [Theory]
    [InlineData(21, 25, 21, 26, 25, 18, 18, 20)] // a range, and a slice right behind it of a reading that began before it
    [InlineData(5, 10, 2, 3, 6, 3, 2, 2)]
    [InlineData(5, 10, 2, 11, 12, 11, 2, 4)]
    public void What_either_of_two_ranges_proves_their_union_proves(long first, long last, long began, long otherFirst, long otherLast, long otherBegan, long gapFirst, long gapLast)
    {
        var (one, other) = (new AppliedOffsets(), new AppliedOffsets());
        one.Add(0, first, last, began, 1, Horizon);
        one.Add(0, otherFirst, otherLast, otherBegan, 2, Horizon);
        other.Add(0, otherFirst, otherLast, otherBegan, 2, Horizon);
        other.Add(0, first, last, began, 1, Horizon);
        Assert.Equal([(gapFirst, gapLast)], one.Gaps.Select(g => (g.First, g.Last)));
        Assert.Equal(one.Gaps, other.Gaps);
    }

    [Fact]
    public void A_gap_is_given_up_only_when_both_its_sides_are_older_than_the_horizon()
    {
        var applied = new AppliedOffsets();
        applied.Add(0, 0, 4, 0, now: 0, Horizon);
        applied.Add(0, 7, 9, 7, now: 5, Horizon);
        applied.Add(0, 10, 10, 10, now: 15, Horizon); // the right side is 10 old
        Assert.False(applied.Covers(0, 5));
        applied.Add(0, 11, 11, 11, now: 16, Horizon); // both are older than 10
        Assert.True(applied.Covers(0, 5));
        Assert.Single(applied.Partitions.Single().Ranges);
    }

    [Fact]
    public void A_gap_whose_left_side_was_reached_just_now_is_kept()
    {
        var applied = new AppliedOffsets();
        applied.Add(0, 7, 9, 7, now: 0, Horizon);
        applied.Add(0, 0, 4, 0, now: 100, Horizon);
        applied.Add(0, 10, 10, 10, now: 105, Horizon);
        Assert.False(applied.Covers(0, 5));
    }

    private static IEnumerable<(int, long)> Offsets(int partition, long first, long length) =>
        Enumerable.Range(0, (int)length).Select(i => (partition, first + i));

    private static AppliedOffsets After((int Partition, long First, long Length)[] ranges)
    {
        var applied = new AppliedOffsets();
        foreach (var (partition, first, length) in ranges)
            applied.Add(partition, first, first + length - 1, first, 0, Horizon);
        return applied;
    }

    private static byte[] Bytes(AppliedOffsets applied)
    {
        var writer = new StateWriter();
        applied.Write(writer);
        return writer.Written.ToArray();
    }
}
