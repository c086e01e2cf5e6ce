using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Tests;

public sealed class KafkaDeadLettersTests : IDisposable
{
    private const short Produce = 0;
    private const string Topic = "events.dead-letter";

    private static readonly DeadLetter OfRecord = new("pvuv", "events", 3, 7, DeadLetterKind.Field, "no date: '坏'", [0xFF, 0xFE]);
    private static readonly DeadLetter OfRow = new("pvuv", null, null, null, DeadLetterKind.Refused, "too long", "{\"a\":1}"u8.ToArray(), "1");

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
        // To say how many are the job's would take reading them all.
        Assert.Null(await letters.TotalAsync("pvuv", Token));
    }

    [Fact]
    public async Task The_last_letters_of_a_job_are_told_without_their_values()
    {
        await using var letters = Letters();
        Assert.Empty(await letters.LastAsync("pvuv", 5, Token));
        await using var others = Letters();
        await others.OpenAsync(Token);
        await others.WriteAsync([.. Enumerable.Range(0, 3).Select(i => OfRecord with { Offset = i })], Token);
        await Task.Delay(5, Token); // letters of one millisecond may be in two partitions, in either order
        await others.WriteAsync([OfRow], Token);
        await Task.Delay(5, Token);
        await others.WriteAsync([OfRecord with { Job = "recharge" }], Token);

        var last = await others.LastAsync("pvuv", 2, Token);

        Assert.Equal(new DeadLetterLine("too long", null, null, null, "1"), last[0]);
        Assert.Equal(("no date: '坏'", "events", 3, null), (last[1].Reason, last[1].Topic, last[1].Partition, last[1].Row));
        Assert.Equal(4, (await others.LastAsync("pvuv", 50, Token)).Count);
        Assert.Single(await others.LastAsync("recharge", 50, Token));
        Assert.Equal((4, 1, 0), (await others.TotalAsync("pvuv", Token), await others.TotalAsync("recharge", Token), await others.TotalAsync("none", Token)));
    }

    [Fact]
    public async Task Where_brokers_are_gone_the_letters_known_of_are_told()
    {
        await using var letters = new KafkaDeadLetters(Settings("127.0.0.1:1"), Topic, _log);
        Assert.Empty(await letters.LastAsync("pvuv", 5, Token));
        Assert.Null(await letters.TotalAsync("pvuv", Token));
    }

    [Fact]
    public async Task A_letter_that_is_refused_can_be_written_again_later()
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        _broker.Cluster.Push(Produce, ErrorCode.TopicAuthorizationFailed);
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => letters.WriteAsync([OfRecord], Token));
        Assert.Contains($"topic '{Topic}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("allow it to Write", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await letters.CountAsync(null, Token));

        // The client goes on refusing until it has asked the brokers about the topic again.
        while (await Xunit.Record.ExceptionAsync(() => letters.WriteAsync([OfRecord], Token)) is SinkUnavailableException)
            await Task.Delay(50, Token);
        Assert.Single(Read(1));
        Assert.Equal(1, await letters.CountAsync(null, Token));
    }

    [Fact]
    public async Task A_letter_that_is_too_large_for_the_topic_is_cut_and_says_so()
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        // Refused with the others, alone, and at half its size.
        _broker.Cluster.Push(Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);
        var large = OfRecord with { Value = new byte[1000] };

        await letters.WriteAsync([large], Token);

        Assert.Contains("(only the first 250 of the value's 1000 bytes: topic 'events.dead-letter' takes no larger letter)", Assert.Single(Read(1)), StringComparison.Ordinal);
        Assert.Equal(1, await letters.CountAsync(null, Token));
        Assert.Contains(_log.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains("only the first 250", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_letter_that_is_refused_with_a_larger_one_is_whole()
    {
        await using var letters = Letters();
        await letters.OpenAsync(Token);
        _broker.Cluster.Push(Produce, ErrorCode.MsgSizeTooLarge);

        await letters.WriteAsync([OfRecord], Token);

        Assert.DoesNotContain("only the first", Assert.Single(Read(1)), StringComparison.Ordinal);
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
            $"the topic '{Topic}' for dead letters is not at {_broker.BootstrapServers} and cannot be made: Topic Admin API (KIP-4) not supported by broker, requires broker version >= 0.10.2.0; "
            + "create it, name another one with 'dead-letter.topic', or have the brokers make topics (auto.create.topics.enable)",
            error.Message);
    }

    private KafkaDeadLetters Letters() => new(Settings(_broker.BootstrapServers), Topic, _log);

    private static KafkaSettings Settings(string brokers) => KafkaSettings.From(
        Tables.With($"connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = {brokers}"), new Placeholders(_ => null));

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
