namespace Serverless.Local.Tests;

public sealed class ProduceTests
{
    [Fact]
    public async Task A_file_that_is_not_there_is_one_clear_line()
    {
        var result = await Cli.RunAsync("produce", "t", "nowhere.jsonl", "--brokers", "127.0.0.1:9");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: cannot read 'nowhere.jsonl'", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pv-uv:0")]
    [InlineData("pv-uv:many")]
    [InlineData(":3")]
    public async Task A_broker_wants_topics_with_their_partitions(string topic)
    {
        var result = await Cli.RunAsync("broker", topic);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error: '{topic}' is no topic with its number of partitions", result.Error, StringComparison.Ordinal);
    }
}
