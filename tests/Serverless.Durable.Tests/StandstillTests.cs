using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>A partition in which records wait while none is committed.</summary>
public sealed class StandstillTests
{
    private static readonly DurableTimes Times = DurableTimes.Default;

    [Fact]
    public void Records_that_wait_ten_minutes_while_none_is_committed_are_a_standstill_of_that_partition_alone()
    {
        var state = new JobState();
        for (var minute = 0; minute <= 9; minute++)
            Take(state, minute, (3, 7, 9), (4, 10 * minute, 500));
        Assert.Empty(state.StandingStill(Times, At(9)));
        Take(state, 10, (3, 7, 9), (4, 100, 500));
        var still = Assert.Single(state.StandingStill(Times, At(10)));
        Assert.Equal((3, 7L, At(0), At(10)), (still.Partition, still.Next, still.Since, still.Heard));
        Assert.Equal(TimeSpan.FromMinutes(10), state.LongestStandstill);
    }

    [Fact]
    public void A_commit_or_the_end_of_the_partition_ends_it()
    {
        var state = new JobState();
        for (var minute = 0; minute <= 12; minute++)
            Take(state, minute, (3, 7, 9));
        Take(state, 13, (3, 8, 9));
        Assert.Empty(state.StandingStill(Times, At(13)));
        Assert.Equal(TimeSpan.Zero, state.LongestStandstill);
        Take(state, 14, (3, 9, 9));
        Assert.Empty(state.Standstills);
    }

    [Fact]
    public void Brokers_that_do_not_answer_are_no_standstill_and_a_mark_that_comes_late_changes_nothing()
    {
        var state = new JobState();
        Take(state, 0, (3, 7, 9));
        Assert.Empty(state.StandingStill(Times, At(30)));
        for (var minute = 1; minute <= 10; minute++)
            Take(state, minute, (3, 7, 9));
        Take(state, 2, (3, 6, 9));
        Assert.Single(state.StandingStill(Times, At(10)));
        Assert.Empty(state.StandingStill(Times, At(20)));
    }

    [Fact]
    public void While_reading_waits_for_a_sink_that_is_behind_nothing_stands_still()
    {
        var state = new JobState();
        for (var minute = 0; minute <= 30; minute++)
        {
            state.Raise(new PressureMessage(2, At(minute + 1)));
            Take(state, minute, (3, 7, 9));
        }
        Assert.Empty(state.StandingStill(Times, At(30)));
        for (var minute = 31; minute <= 41; minute++)
            Take(state, minute, (3, 7, 9));
        Assert.Single(state.StandingStill(Times, At(41)));
    }

    [Theory]
    [InlineData(OffsetRangeContent.Records, true)]
    [InlineData(OffsetRangeContent.NoRecord, false)]
    [InlineData(OffsetRangeContent.Deleted, false)]
    public async Task Last_offsets_that_hold_no_record_are_no_standstill(OffsetRangeContent content, bool isStandstill)
    {
        var world = new EntityWorld(Jobs.Make(Jobs.Totals())) { Content = content };
        await world.IngestAsync(Jobs.Records("""{"k":"a","v":1}"""));
        var longest = TimeSpan.Zero;
        for (var minute = 0; minute <= 25; minute++)
        {
            // One offset more than has been read.
            await world.PulseAsync(behind: 1);
            longest = world.Standstill > longest ? world.Standstill : longest;
            await world.RunAsync(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(isStandstill, longest >= Times.StandstillAfter);
    }

    private static DateTimeOffset At(int minute) => EntityWorld.Start.AddMinutes(minute);

    private static void Take(JobState state, int minute, params (int Partition, long Next, long End)[] partitions) =>
        state.Take(new PositionMark(At(minute), partitions.ToDictionary(p => new SourcePartition(0, p.Partition), p => p.Next), 0, partitions.ToDictionary(p => new SourcePartition(0, p.Partition), p => p.End)), Times);
}
