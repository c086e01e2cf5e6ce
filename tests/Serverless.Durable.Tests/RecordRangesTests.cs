using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable.Tests;

/// <summary>Ranges that are read one behind the other.</summary>
public sealed class RecordRangesTests
{
    [Fact]
    public void Offsets_without_a_record_between_two_ranges_are_known_to_hold_none()
    {
        var behind = 3L;
        Assert.Equal([(3L, 4L)], Read(new RecordRange(3, 6, [At(3, 4)]), 3));
        Assert.Empty(Read(new RecordRange(6, 8, []), 6));
        Assert.Equal([(5L, 8L), (9L, 9L)], Read(new RecordRange(8, 10, [At(8, 8), At(9, 9)]), 8));

        IEnumerable<(long From, long Offset)> Read(RecordRange range, long asked) => range.After(ref behind, asked).Select(r => (r.From, r.Offset));
    }

    [Fact]
    public void Deleted_offsets_may_have_held_some()
    {
        var behind = 3L;
        Assert.Equal(7, new RecordRange(7, 9, [At(7, 8)]).After(ref behind, 3)[0].From);
        Assert.Equal(9, behind);
    }

    private static Record At(long from, long offset) => new(0, offset, 0, null) { From = from };
}
