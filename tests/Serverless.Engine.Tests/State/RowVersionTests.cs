using CsCheck;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.State;

/// <summary>The order of versions, and the same order in a version column.</summary>
public sealed class RowVersionTests
{
    private static readonly long Epoch = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public void The_epoch_comes_before_the_life_and_the_life_before_the_events()
    {
        RowVersion[] inOrder = [default, new(0, 0, 9), new(0, 1, 1), new(0, 1, 2), new(0, 2, 1), new(1, 0, 0), new(1, 0, 1)];
        for (var i = 0; i < inOrder.Length; i++)
            for (var j = 0; j < inOrder.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), inOrder[i].CompareTo(inOrder[j]));
                Assert.Equal(j > i, inOrder[i] < inOrder[j]);
                Assert.Equal(i > j, inOrder[i] > inOrder[j]);
                Assert.Equal(j >= i, inOrder[i] <= inOrder[j]);
                Assert.Equal(i >= j, inOrder[i] >= inOrder[j]);
            }
    }

    [Fact]
    public void Of_lives_no_further_apart_than_the_time_to_live_the_events_decide()
    {
        var (told, stored) = (new RowVersion(0, 1_021, 2), new RowVersion(0, 1_000, 4)); // the first was told by an execution that was never stored
        Assert.True(stored.IsNewerThan(told, 100));
        Assert.False(told.IsNewerThan(stored, 100));
        Assert.True(told.IsNewerThan(stored with { Events = 2 }, 100));
        Assert.True(new RowVersion(0, 1_101, 1).IsNewerThan(stored, 100)); // it has expired, and come again
        Assert.False(new RowVersion(0, 1_001, 9).IsNewerThan(new RowVersion(1, 1_000, 1), 100));
    }

    [Fact]
    public void Without_a_time_to_live_a_stamp_goes_by_epoch_and_events() => Gen.Select(Gen.Int[0, 3], Gen.Long[0, 1L << 34], Gen.Int[0, 3], Gen.Long[0, 1L << 34]).Sample((e, n, f, m) =>
    {
        var (one, other) = (new RowVersion(Epoch + (e * 10_000L), 0, n), new RowVersion(Epoch + (f * 10_000L), 0, m));
        Assert.Equal(Math.Sign(one.CompareTo(other)), Math.Sign(one.Stamp(null).CompareTo(other.Stamp(null))));
    });

    [Fact]
    public void With_a_time_to_live_a_group_that_comes_again_has_the_greater_stamp() => Gen.Select(Gen.Int[20, 10_000], Gen.Long[0, 1000], Gen.Long[1, 200_000], Gen.Long[1, 200_000]).Sample((minutes, wait, n, m) =>
    {
        var ttl = TimeSpan.FromMinutes(minutes);
        var former = new RowVersion(Epoch, Epoch + (wait * 60_000), n);
        var again = new RowVersion(Epoch, former.Life + (long)ttl.TotalMilliseconds + 1, m);
        Assert.True(again > former);
        Assert.True(again.Stamp(ttl) > former.Stamp(ttl));
        Assert.True((former with { Events = n + 1 }).Stamp(ttl) > former.Stamp(ttl));
    });

    [Fact]
    public void A_later_epoch_has_the_greater_stamp_whatever_came_before() =>
        Assert.True(new RowVersion(Epoch + 10_000, 0, 0).Stamp(TimeSpan.FromHours(1)) > new RowVersion(Epoch, long.MaxValue / 2, long.MaxValue).Stamp(TimeSpan.FromHours(1)));

    [Fact]
    public void A_stamp_is_never_negative() => Assert.True(new RowVersion(Epoch, 0, 5).Stamp(RowVersion.ShortestTimeToLive) >= 0 && default(RowVersion).Stamp(null) == 0);
}
