using Serverless.Connectors.Kafka;
using Serverless.Local.Tests.Security;

namespace Serverless.Local.Tests;

public sealed class ProduceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--brokers|{0}|--key|appkey", "2 of 3 records have no 'appkey', which is to be their key: they are sent without one, and do not keep their order")]
    [InlineData("--brokers|{0}|--key|serverid", "1 of 3 records has no 'serverid', which is to be their key: they are sent without one, and do not keep their order")]
    [InlineData("--script|recharge.sql", "2 of 3 records have no 'appkey', by which job 'recharge' groups: it is NULL there|1 of 3 records has no 'servertime', by which job 'recharge' groups: it is NULL there")]
    [InlineData("--script|recharge.sql|--key|appkey", "2 of 3 records have no 'appkey', which is to be their key: they are sent without one, and do not keep their order|1 of 3 records has no 'servertime', by which job 'recharge' groups: it is NULL there")]
    [InlineData("--brokers|{0}", "")]
    public async Task Records_without_the_field_that_is_their_key_or_groups_them_are_told_of_once_with_their_number(string options, string warnings)
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("game_consume_log", 1);
        var lines = """
            {"appkey":"a","servertime":"2020-09-30 14:10:36","serverid":"1"}
            {"appkey":null,"servertime":"2020-09-30 14:10:36","serverid":"1"}
            {"appKey":"a","action":"no time"}

            """;
        var produced = await Cli.RunAsync(
            ["produce", "game_consume_log", .. options.Split('|').Select(o => o switch { "{0}" => broker.BootstrapServers, "recharge.sql" => Repository.Job(o), _ => o })],
            Cli.Brokers(broker.BootstrapServers), lines, TestContext.Current.CancellationToken);

        Assert.Equal((0, "3 records sent to game_consume_log\n"), (produced.ExitCode, produced.Output));
        Assert.Equal(string.Concat(warnings.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(w => $"warning: {w}\n")), produced.Error);
    }

    [Fact]
    public async Task Brokers_that_are_not_there_are_told_of_within_a_second_with_the_option_that_names_them()
    {
        var (warning, after) = await BackgroundRun.TimeWarningAsync("produce", "t", _folder.Write("one.jsonl", "{}"), "--brokers", "127.0.0.1:1");
        Assert.Equal(
            "warning: Kafka at 127.0.0.1:1 (plaintext): no broker answers: Connect to ipv4#127.0.0.1:1 failed: Connection refused; check --brokers and the network; still trying",
            warning);
        Assert.InRange(after, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

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
