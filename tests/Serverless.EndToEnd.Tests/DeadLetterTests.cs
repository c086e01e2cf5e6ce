using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.EndToEnd.Tests;

/// <summary>A job whose sink is not embedded: its dead letters go to a topic.</summary>
public sealed class DeadLetterTests : IDisposable
{
    private const short Produce = 0;
    private const string Topic = "game_consume_log";
    private const string Good = """{"appkey":"appkey1","servertime":"2020-09-30 14:10:36","consumenum":33.8,"roleid":"roleid1","serverid":"1"}""";
    private const string Bad = """{"appkey":"appkey1","servertime":"2020-09-30 14:10:37","consumenum":"many"}""";

    private readonly TempFolder _folder = new();
    private readonly EmbeddedBroker _broker = new();

    public void Dispose()
    {
        _broker.Dispose();
        _folder.Dispose();
    }

    [Theory(Timeout = 180_000)]
    [InlineData("", "game_consume_log.dead-letter")]
    [InlineData("'dead-letter.topic' = 'set-aside',", "set-aside")]
    public async Task Bad_records_are_in_the_default_topic_or_in_the_one_that_is_set(string option, string topic)
    {
        await SendAsync(Good, Bad);
        using var run = Run(Script(option), "--until-idle");
        Assert.True(await run.WaitAsync() == 0, run.Text);
        Assert.Contains("recharge: 2 records, 1 group, 1 row written, 1 dead letter", run.Text, StringComparison.Ordinal);
        Assert.Contains($"Dead letters are in topic {topic} of Kafka at {_broker.BootstrapServers}", run.Text, StringComparison.Ordinal);
        Assert.Equal([$"job=recharge, reason=field 'consumenum' cannot be DOUBLE: 'many', topic={Topic}, partition=0, offset=1 | {Bad}"], LettersIn(topic));
    }

    [Fact(Timeout = 120_000)]
    public async Task While_brokers_refuse_letters_no_offset_is_committed_and_then_the_run_ends_right()
    {
        using var offsets = new CommittedOffsets(_broker.BootstrapServers, Topic, 1, new SavedState(_folder["state"], "recharge"));
        await SendAsync(Good, Bad);
        // Attempts after 0.2, 0.4, 0.8 and 1.6 seconds, roughly.
        _broker.Cluster.Push(Produce, [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 4)]);
        using var run = Run(Script(""), "--until-idle");
        await run.WaitForLineAsync(l => l.Contains("dead letters cannot be written to topic 'game_consume_log.dead-letter': this user may not", StringComparison.Ordinal));
        Assert.Equal([0], offsets.Ask());
        Assert.DoesNotContain("+U[", run.Text, StringComparison.Ordinal); // rows are written after the letters

        Assert.True(await run.WaitAsync() == 0, run.Text);
        Assert.Equal([2], offsets.Ask());
        Assert.Single(LettersIn("game_consume_log.dead-letter"));
        Assert.Contains("33.8", run.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_row_that_cannot_be_made_is_a_letter_with_its_key()
    {
        await SendAsync(Good);
        using var run = Run(Script("", sum: "100 / (SUM(consumenum) - 33.8)"), "--until-idle");
        Assert.True(await run.WaitAsync() == 0, run.Text);
        var letter = Assert.Single(LettersIn("game_consume_log.dead-letter"));
        Assert.StartsWith("""job=recharge, reason=division by zero, topic=game_consume_log, row=appkey1|2020-09-30 | {"appkey":"appkey1",""", letter, StringComparison.Ordinal);
        Assert.EndsWith(""","amount":null,"dt":"2020-09-30"}""", letter, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_topic_that_cannot_be_made_is_an_error_at_the_start()
    {
        await SendAsync(Good);
        _broker.Cluster.SetTopicError("set-aside", ErrorCode.UnknownTopicOrPart);
        using var run = Run(Script("'dead-letter.topic' = 'set-aside',"), "--until-idle");
        Assert.True(await run.WaitAsync() == 2, run.Text);
        Assert.Contains("error: the topic 'set-aside' for dead letters is not at", run.Text, StringComparison.Ordinal);
    }

    private CliProcess Run(string script, params string[] options) =>
        new(["run", script, "--state", _folder["state"], .. options], Brokers.At(_broker.BootstrapServers));

    // The repository's job with a sink that is printed.
    private string Script(string option, string sum = "SUM(consumenum)")
    {
        var text = File.ReadAllText(Repository.Job("recharge.sql"));
        var (from, to) = (text.IndexOf("'connector' = 'hologres'", StringComparison.Ordinal), text.IndexOf(");\n\nINSERT", StringComparison.Ordinal));
        text = $"{text[..from]}'connector' = 'print', 'standard-error' = 'true'{text[to..]}";
        return _folder.Write("recharge.sql", text
            .Replace("'scan.startup.mode'", $"{option} 'scan.startup.mode'", StringComparison.Ordinal)
            .Replace("SUM(consumenum) AS amount", $"{sum} AS amount", StringComparison.Ordinal));
    }

    private async Task SendAsync(params string[] events)
    {
        _broker.CreateTopic(Topic, 1);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = _broker.BootstrapServers }).Build();
        foreach (var value in events)
            await producer.ProduceAsync(Topic, new Message<Null, string> { Value = value }, TestContext.Current.CancellationToken);
    }

    private List<string> LettersIn(string topic) => LetterTopic.Read(_broker.BootstrapServers, topic);
}
