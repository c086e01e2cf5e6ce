using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.Runtime;

public sealed class EpochRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_first_epoch_begins_now() => Assert.Equal(Now, EpochRule.Next([], Now));

    [Fact]
    public void A_new_epoch_is_a_minute_younger_than_the_youngest_before_it_whatever_the_clock_says() =>
        Assert.Equal(Now.AddMinutes(11), EpochRule.Next([Now.AddMinutes(10), Now.AddMinutes(-5)], Now));

    [Fact]
    public void What_several_former_states_have_read_and_a_new_one_does_not_is_missing_once()
    {
        var start = new StartOffsets([(0, 10), (1, 0)]);
        Assert.Equal([(0, 0L, 10L), (0, 4L, 10L)], EpochRule.MissingOf(start, [new StartOffsets([]), new StartOffsets([(0, 4)]), new StartOffsets([])]));
    }
}
