using Serverless.Testing;

namespace Serverless.Engine.Tests.State;

public sealed class StateSizeTests
{
    [Fact]
    public void A_group_holds_at_most_two_ranges_of_a_partition_and_three_after_a_restart()
    {
        var (beforeRestart, atTheEnd, _) = StateSize.Measure(400_000, restarts: 1, new TestConnectors());
        Assert.InRange(beforeRestart, 1, 2);
        Assert.InRange(atTheEnd, 1, 3);
    }
}
