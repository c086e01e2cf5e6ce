using Serverless.Engine.Runtime;

namespace Serverless.Engine.Tests.Runtime;

public sealed class BackoffTests
{
    private static readonly Backoff Backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(int.MaxValue, 30)]
    public void The_wait_doubles_with_each_failure_up_to_the_limit(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.After(failures, 1));

    [Fact]
    public void Jitter_shortens_the_wait_by_a_quarter_at_most()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), Backoff.After(3, 0));
        Assert.Equal(TimeSpan.FromSeconds(3.5), Backoff.After(3, 0.5));
    }
}
