namespace Serverless.Connectors.Tests;

public class DurationsTests
{
    [Theory]
    [InlineData("1s", 1000)]
    [InlineData("500 ms", 500)]
    [InlineData("250", 250)]
    [InlineData("2 MIN", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("0", 0)]
    public void Flinks_durations_are_read(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 fortnight")]
    [InlineData("99999999999999999999s")]
    public void What_is_none_is_not(string text) => Assert.False(Durations.TryParse(text, out _));
}
