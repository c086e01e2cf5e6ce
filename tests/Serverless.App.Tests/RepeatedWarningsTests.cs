using Serverless.App.Telemetry;

namespace Serverless.App.Tests;

public sealed class RepeatedWarningsTests
{
    [Fact]
    public void The_first_is_said_at_once_and_the_others_together_every_half_minute()
    {
        var warnings = new RepeatedWarnings();
        var now = FakeGenerations.Born;
        Assert.Equal("", warnings.Count("a", now));
        Assert.Null(warnings.Count("a", now.AddSeconds(1)));
        Assert.Null(warnings.Count("a", now.AddSeconds(29)));
        Assert.Equal("", warnings.Count("b", now.AddSeconds(29)));
        Assert.Equal(" (3 times since this was last said)", warnings.Count("a", now.AddSeconds(30)));
        Assert.Equal("", warnings.Count("a", now.AddSeconds(60)));
    }
}
