using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.Runtime;

public sealed class FailureClockTests
{
    private readonly FailureClock _clock = new();

    [Fact]
    public void A_row_that_fails_for_a_minute_is_told_once_for_each_version()
    {
        Assert.Empty(At(0, ("a", 1)));
        Assert.False(_clock.IsTold("a"));
        Assert.Equal(["a"], At(60, ("a", 1)));
        Assert.True(_clock.IsTold("a"));
        Assert.Empty(At(600, ("a", 1)));
        Assert.Equal(["a"], At(601, ("a", 2)));
    }

    [Fact]
    public void A_row_that_was_mended_in_between_waits_again()
    {
        At(0, ("a", 1), ("b", 1));
        At(30, ("b", 1));
        Assert.Equal(["b"], At(60, ("a", 2), ("b", 1)));
        Assert.Equal(["a"], At(120, ("a", 2), ("b", 1)));
    }

    private IReadOnlyList<string> At(int second, params (string Key, long Events)[] failing) =>
        _clock.TakeLasting(failing.ToDictionary(f => f.Key, f => new RowVersion(0, 0, f.Events)), TimeSpan.FromSeconds(second));
}
