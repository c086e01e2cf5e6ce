using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Tests;

public sealed class KafkaDeadLettersTests : IDisposable
{
    private const short Produce = 0;
    private const string Topic = "events.dead-letter";

    private static readonly DeadLetter OfRecord = new("pvuv", "events", 3, 7, "no date: '坏'", [0xFF, 0xFE]);
    private static readonly DeadLetter OfRow = new("pvuv", null, null, null, "too long", "{\"a\":1}"u8.ToArray(), "1");

    private readonly EmbeddedBroker _broker = new();
    private readonly RecordingLogger _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_letter_is_a_record_whose_headers_say_where_it_came_from_and_why()
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        await letters.WriteAsync([OfRecord, OfRow], Token);

        var read = Read(2);
        Assert.Equal(
            [
                "job=pvuv reason=no date: '坏' topic=events partition=3 offset=7 | FFFE",
                "job=pvuv reason=too long topic=events row=1 | 7B2261223A317D",
            ],
            read.Order(StringComparer.Ordinal));
        Assert.Equal((2, 2, 0), (await letters.CountAsync("pvuv", Token), await letters.CountAsync(null, Token), await letters.CountAsync("recharge", Token)));
        Assert.Equal($"topic {Topic} of Kafka at {_broker.BootstrapServers}", letters.Place);
    }

    [Fact]
    public async Task More_letters_than_the_clients_queue_takes_arrive()
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        await letters.WriteAsync([.. Enumerable.Range(0, 25_000).Select(i => OfRecord with { Offset = i })], Token);
        Assert.Equal(25_000, Read(25_000).Distinct().Count());
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "allow it to Write")]
    [InlineData(ErrorCode.MsgSizeTooLarge, "raise the topic's 'max.message.bytes'")]
    public async Task A_letter_that_is_refused_can_be_written_again_later(ErrorCode code, string advice)
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        _broker.Cluster.Push(Produce, code);
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => letters.WriteAsync([OfRecord], Token));
        Assert.Contains($"topic '{Topic}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await letters.CountAsync(null, Token));

        // The client goes on refusing until it has asked the brokers about the topic again.
        while (await Xunit.Record.ExceptionAsync(() => letters.WriteAsync([OfRecord], Token)) is SinkUnavailableException)
            await Task.Delay(50, Token);
        Assert.Single(Read(1));
        Assert.Equal(1, await letters.CountAsync(null, Token));
    }

    [Fact]
    public async Task Brokers_that_are_gone_are_an_outage()
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        _broker.Cluster.SetReachable(1, false);
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => letters.WriteAsync([OfRecord], Token));
        Assert.Contains($"the brokers at {_broker.BootstrapServers} do not acknowledge them", error.Message, StringComparison.Ordinal);
        await using var others = Letters();
        await Assert.ThrowsAsync<SinkUnavailableException>(() => others.OpenAsync(Token));
    }

    [Fact]
    public async Task A_topic_that_is_not_there_and_cannot_be_made_is_named_with_what_to_do()
    {
        _broker.Cluster.SetTopicError(Topic, ErrorCode.UnknownTopicOrPart);
        await using var letters = Letters();
        var error = await Assert.ThrowsAsync<MissingTopicException>(() => letters.OpenAsync(Token));
        Assert.Equal(
            $"the topic '{Topic}' for dead letters is not at {_broker.BootstrapServers} and cannot be made: Failed while waiting for controller: Local: Timed out; "
            + "create it, name another one with 'dead-letter.topic', or have the brokers make topics (auto.create.topics.enable)",
            error.Message);
    }

    private KafkaDeadLetters Letters() => new(KafkaSettings.From(
        Tables.With($"connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = {_broker.BootstrapServers}"), new Placeholders(_ => null)), Topic, _log);

    private List<string> Read(int count)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = "test" }).Build();
        consumer.Assign(Enumerable.Range(0, EmbeddedBroker.DefaultPartitions).Select(p => new TopicPartitionOffset(Topic, p, Offset.Beginning)));
        var read = new List<string>();
        while (read.Count < count && consumer.Consume(TimeSpan.FromSeconds(10)) is { } record)
        {
            var headers = record.Message.Headers.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h.Key}={Encoding.UTF8.GetString(h.GetValueBytes())}"));
            read.Add($"{string.Join(' ', headers)} | {Convert.ToHexString(record.Message.Value)}");
        }
        return read;
    }
}
