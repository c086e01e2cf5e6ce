using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.Local.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bad_records_are_set_aside_and_stop_nothing()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("game_consume_log", 1);
        broker.CreateTopic("pv-uv", 1);
        var good = await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken);
        var big = new string('x', 1024 * 1024);
        byte[]?[] consumed =
        [
            Utf8(good[0]), Utf8(good[1]),
            Utf8("""{"appkey":"appkey1","""), // 2: no JSON
            Utf8("""{"appkey":"appkey1","servertime":"2020-09-30 14:12:00","consumenum":"many"}"""), // 3: a wrong type
            null, // 4: a tombstone
            [.. "{\"appkey\":\""u8, 0xC3, 0x28, .. "\",\"servertime\":\"2020-09-30 14:12:00\",\"consumenum\":1}"u8], // 5: no UTF-8
            Utf8($$"""{"appkey":"appkey3","servertime":"2020-09-30 14:12:00","consumenum":1,"roleid":"big","serverid":"1","more":"{{big}}"}"""),
            Utf8("""{"servertime":"2020-09-30 14:12:00","consumenum":1}"""), // 7: the sink's key would be NULL
            Utf8("""{"appkey":"appkey1","servertime":"2020-09-30 14:12:01","consumenum":null,"roleid":null}"""), // 8: NULLs, which SUM and LAST_VALUE skip
            Utf8("""{"appkey":"appkey1","servertime":"2020-09-30 14:12:02"}"""), // 9: absent fields are NULL
            Utf8(good[2]), Utf8(good[3]), Utf8(good[4]),
        ];
        byte[]?[] viewed =
        [
            .. (await File.ReadAllLinesAsync(Repository.DemoFile("pv-uv.jsonl"), TestContext.Current.CancellationToken)).Select(Utf8),
            Utf8("""{"client_ip":"1.1.1.1","p_dt":"2021-13-45","c_time":"2021-12-01 19:11:00"}"""), // 3: no date
            Utf8("""{"client_ip":"1.1.1.1","p_dt":"2021-12-01","c_time":"abc"}"""), // 4: no time
        ];
        await SendAsync(broker, "game_consume_log", consumed);
        await SendAsync(broker, "pv-uv", viewed);

        var result = await Cli.RunAsync(
            ["run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded-sinks", "--until-idle", "--state", _folder.Path],
            Cli.Brokers(broker.BootstrapServers), "", TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal([.. Results.ArticleConsume, "appkey3 | 1 | 2020-09-30 14:12:00 | big | 1 | 2020-09-30"], Results.Query(_folder.Path, Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(_folder.Path, Results.PvUv));
        Assert.Equal(
            ["game_consume_log | 0 | 2", "game_consume_log | 0 | 3", "game_consume_log | 0 | 5", "game_consume_log | 0 | 7", "pv-uv | 0 | 3", "pv-uv | 0 | 4"],
            Results.Query(_folder.Path, "SELECT topic, partition, \"offset\" FROM dead_letters ORDER BY topic, partition, \"offset\""));
        Assert.Equal(6, Results.Query(_folder.Path, "SELECT reason FROM dead_letters WHERE length(reason) > 5 AND length(value) > 5").Length);
        Assert.Contains("recharge: 13 records, 1 record skipped, 3 groups, 3 rows written, 4 dead letters", result.Lines);
        Assert.Contains("pvuv: 5 records, 1 group, 3 rows written, 2 dead letters", result.Lines);
        Assert.Contains($"Dead letters are in {Path.Combine(_folder.Path, "results.db")}, table dead_letters", result.Lines);
    }

    [Fact]
    public async Task A_line_of_a_megabyte_can_be_produced_and_fed()
    {
        var line = $$"""{"appkey":"a","servertime":"2020-09-30 14:12:00","consumenum":1,"roleid":"r","serverid":"s","more":"{{new string('x', 1024 * 1024)}}"}""";
        var file = _folder.Write("big.jsonl", line + "\n" + line + "\n");
        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), "--embedded", "--until-idle", "--feed", $"game_consume_log={file}", "--state", _folder["state"]);
        Assert.Equal((0, ""), (result.ExitCode, string.Join('\n', result.Error.Split('\n').Where(l => l.StartsWith("error", StringComparison.Ordinal)))));
        Assert.Equal(["a | s | 2020-09-30 14:12:00 | r | 2 | 2020-09-30"], Results.Query(_folder["state"], Results.Consume));
    }

    [Fact]
    public async Task A_line_larger_than_the_embedded_broker_keeps_is_a_dead_letter_and_the_others_are_read()
    {
        var (small, large) = (Line(200), Line(4_000_000));
        var file = _folder.Write("large.jsonl", string.Join('\n', small, large, large, small, Line(2_600_000), Line(2_600_000), Line(2_600_000)));

        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), "--embedded", "--until-idle", "--feed", $"game_consume_log={file}", "--state", _folder["state"]);

        Assert.Equal(0, result.ExitCode);
        // How often the row is written depends on when the large lines are through.
        Assert.Contains(result.Lines, l => l.StartsWith("recharge: 7 records, 1 group, ", StringComparison.Ordinal) && l.EndsWith(" written, 2 dead letters", StringComparison.Ordinal));
        Assert.Contains("  game_consume_log, event 3 that was fed: the record has 4,000,001 bytes, and the embedded broker keeps at most 2,620,416 of one: feed it to a Kafka broker", result.Lines);
        Assert.Equal(["a | s | 2020-09-30 14:12:00 | r | 5 | 2020-09-30"], Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(["2 | 4000000", "3 | 4000000"], Results.Query(_folder["state"], "SELECT \"offset\", length(value) FROM dead_letters ORDER BY 1"));

        static string Line(int length)
        {
            const string Start = """{"appkey":"a","servertime":"2020-09-30 14:12:00","consumenum":1,"roleid":"r","serverid":"s","more":"x""";
            return Start + new string('x', length - Start.Length - 2) + "\"}";
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task SendAsync(EmbeddedBroker broker, string topic, byte[]?[] values)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, MessageMaxBytes = 2_000_000 }).Build();
        foreach (var value in values)
            await producer.ProduceAsync(topic, new Message<Null, byte[]> { Value = value! }, TestContext.Current.CancellationToken);
    }
}
