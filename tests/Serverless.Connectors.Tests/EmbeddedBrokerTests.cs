using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Files;
using Serverless.Connectors.Kafka;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests;

public sealed class EmbeddedBrokerTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly EmbeddedBroker _broker = new();
    private readonly RecordingLogger _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task What_is_fed_is_read_committed_and_not_read_again()
    {
        _broker.CreateTopic("events", 3);
        await using (var source = Source())
        {
            await source.OpenAsync(Token);
            Assert.Equal(0, await LagAsync(source));
            Assert.Empty(await source.ReadAsync(10, TimeSpan.Zero, Token));

            Assert.Equal(100, await _broker.FeedAsync("events", Events(0, 100), _log, RecordKey.OfField("n"), cancellationToken: Token));
            Assert.Equal(100, await LagAsync(source));
            var records = await ReadAll(source, 100);

            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{{\"n\":{i}}}").Order(), records.Select(Text).Order());
            Assert.Equal([0, 1, 2], records.Select(r => r.Partition).Distinct().Order());
            foreach (var partition in records.GroupBy(r => r.Partition))
                Assert.Equal(Enumerable.Range(0, partition.Count()).Select(i => (long)i), partition.Select(r => r.Offset));
            Assert.All(records, r => Assert.True(r.Timestamp > 1_600_000_000_000));
            Assert.Equal(0, await LagAsync(source));
            await source.CommitAsync(Token);
        }
        await _broker.FeedAsync("events", Events(100, 110), _log, cancellationToken: Token);
        await using (var second = Source())
        {
            await second.OpenAsync(Token);
            Assert.Equal(10, await LagAsync(second));
            Assert.Equal(Enumerable.Range(100, 10).Select(i => $"{{\"n\":{i}}}").Order(), (await ReadAll(second, 10)).Select(Text).Order());
        }
        // It never committed.
        await using var third = Source();
        await third.OpenAsync(Token);
        Assert.Equal(10, await LagAsync(third));
    }

    [Fact]
    public async Task A_source_tells_what_each_partition_has_and_where_it_reads()
    {
        await using var source = Source();
        await source.OpenAsync(Token);
        Assert.Empty(await source.BoundsAsync(Token));

        _broker.CreateTopic("events", 1);
        await _broker.FeedAsync("events", Events(0, 5), _log, cancellationToken: Token);
        await ReadAll(source, 5);
        await _broker.FeedAsync("events", Events(5, 8), _log, cancellationToken: Token);
        Assert.Equal([new PartitionBounds(0, 0, 5, 8)], await source.BoundsAsync(Token));
    }

    [Fact]
    public async Task A_batch_holds_no_more_than_asked_for_and_the_rest_comes_next()
    {
        _broker.CreateTopic("events", 1);
        await _broker.FeedAsync("events", Events(0, 25), _log, cancellationToken: Token);
        await using var source = Source();
        await source.OpenAsync(Token);

        var sizes = new List<int>();
        for (var left = 25; left > 0; left -= sizes[^1])
            sizes.Add((await source.ReadAsync(10, Wait, Token)).Count);

        Assert.All(sizes, size => Assert.InRange(size, 0, 10));
        Assert.Equal(25, sizes.Sum());
    }

    [Fact]
    public async Task A_topic_that_is_not_there_yet_is_waited_for()
    {
        await using var source = Source("later");
        await source.OpenAsync(Token);
        Assert.Empty(await source.ReadAsync(10, TimeSpan.FromMilliseconds(50), Token));
        Assert.Contains(_log.Lines, line => line.Text == $"topic 'later' is not there, at {_broker.BootstrapServers}; there is no topic that this user may see; waiting for it");
        Assert.True(source.Health.IsMissing);
        Assert.Null(await source.LagAsync(Token));

        await _broker.FeedAsync("later", Events(0, 10), _log, cancellationToken: Token);

        Assert.Equal(10, (await ReadAll(source, 10)).Count);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("scan.startup.mode = earliest-offset", 5)]
    [InlineData("scan.startup.mode = latest-offset", 0)]
    [InlineData("scan.startup.mode = group-offsets\nproperties.auto.offset.reset = latest", 0)]
    [InlineData("scan.startup.mode = specific-offsets\nscan.startup.specific-offsets = partition:0,offset:3", 2)]
    public async Task Reading_starts_where_the_script_says_and_then_where_it_was_left(string options, int old)
    {
        _broker.CreateTopic("events", 1);
        await _broker.FeedAsync("events", Events(0, 5), _log, cancellationToken: Token);
        await using (var source = Source(options: options))
        {
            await source.OpenAsync(Token);
            Assert.Equal(old, await LagAsync(source));
        }
        await _broker.FeedAsync("events", Events(5, 7), _log, cancellationToken: Token);

        // Killed before its first commit: an end that was chosen stays chosen.
        await using var again = Source(options: options);
        await again.OpenAsync(Token);
        Assert.Equal(old + 2, (await ReadAll(again, old + 2)).Count);
    }

    [Fact]
    public async Task Records_lost_before_they_were_read_are_told_of()
    {
        _broker.CreateTopic("events", 1);
        using (var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), _log))
            await producer.SendAsync("events", Repeat(new byte[10_000], 1_000), cancellationToken: Token);
        await using var source = Source(options: "scan.startup.mode = specific-offsets\nscan.startup.specific-offsets = partition:0,offset:0");
        await source.OpenAsync(Token);

        var records = new List<Record>();
        while (await LagAsync(source) > 0)
            records.AddRange(await source.ReadAsync(1_000, Wait, Token));

        Assert.InRange(records.Count, 400, 999);
        Assert.Equal(Enumerable.Range((int)records[0].Offset, records.Count).Select(i => (long)i), records.Select(r => r.Offset));
        var warning = Assert.Single(_log.Lines, line => line.Level == LogLevel.Warning);
        Assert.StartsWith($"{1_000 - records.Count} records of topic 'events', partition 0, from offset 0 on, were deleted before they were read", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_reset_none_a_loss_stops_the_job()
    {
        _broker.CreateTopic("events", 1);
        using (var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), _log))
            await producer.SendAsync("events", Repeat(new byte[10_000], 1_000), cancellationToken: Token);
        await using var source = Source(options: "properties.auto.offset.reset = none\nscan.startup.mode = specific-offsets\nscan.startup.specific-offsets = partition:0,offset:1");
        await source.OpenAsync(Token);

        var error = await Assert.ThrowsAsync<ConnectorException>(() => ReadAll(source, 1));

        Assert.Contains("'properties.auto.offset.reset' is 'none', so the job stops", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_million_events_go_through_without_one_lost()
    {
        const int Count = 1_000_000;
        _broker.CreateTopic("events", EmbeddedBroker.DefaultPartitions);
        await using var fast = Source();
        await using var slow = Source(group: "slow");
        await fast.OpenAsync(Token);
        await slow.OpenAsync(Token);
        var clock = Stopwatch.StartNew();

        var feed = Task.Run(() => _broker.FeedAsync("events", LongEvents(Count), _log, cancellationToken: Token), Token);
        var both = await Task.WhenAll(Task.Run(() => CountDistinct(fast, Count), Token), Task.Run(() => CountDistinct(slow, Count), Token));

        Assert.Equal(Count, await feed);
        Assert.Equal([Count, Count], both);
        Assert.DoesNotContain(_log.Lines, line => line.Level == LogLevel.Warning);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count} events to two readers in {clock.Elapsed}");
    }

    [Fact]
    public async Task A_feed_waits_for_a_reader_to_come()
    {
        var feed = Task.Run(() => _broker.FeedAsync("events", Repeat(new byte[10_000], 1_000), _log, cancellationToken: Token), Token);
        await Task.Delay(300, Token);
        Assert.False(feed.IsCompleted);

        await using var source = Source();
        await source.OpenAsync(Token);
        Assert.Equal(1_000, (await ReadAll(source, 1_000)).Count);
        Assert.Equal(1_000, await feed);
    }

    [Fact]
    public async Task Reading_can_be_stopped()
    {
        _broker.CreateTopic("events", 1);
        await using var source = Source();
        await source.OpenAsync(Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(200);
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.ReadAsync(10, TimeSpan.FromMinutes(5), stop.Token));

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_are_waited_for_with_a_word()
    {
        await using var source = new KafkaSource(
            KafkaSettings.From(Tables.With("connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = 127.0.0.1:1"), new Placeholders(_ => null)), "g", _log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var open = source.OpenAsync(stop.Token);
        for (var i = 0; i < 300 && !_log.Lines.Any(line => line.Level == LogLevel.Warning); i++)
            await Task.Delay(50, Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
        Assert.Contains(_log.Lines, line => line.Text.Contains("no broker answers: Connect to ipv4#127.0.0.1:1 failed: Connection refused; check 'properties.bootstrap.servers' and the network", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Brokers_that_do_not_let_the_user_in_end_the_job_with_advice()
    {
        // The embedded broker knows no users and refuses all that want to be one.
        await using var source = new KafkaSource(
            KafkaSettings.From(
                Tables.With(
                    $"connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = {_broker.BootstrapServers}\nproperties.security.protocol = SASL_PLAINTEXT\n"
                    + "properties.sasl.jaas.config = x.PlainLoginModule required username=\"u\" password=\"s3cret\";"),
                new Placeholders(_ => null)),
            "g", _log);

        var error = await Assert.ThrowsAsync<ConnectorException>(() => source.OpenAsync(Token));

        Assert.Contains("the brokers have no users: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_are_sent_but_for_blank_ones()
    {
        using var lines = new MemoryStream("{\"n\":1}\r\n\n{\"n\":2}"u8.ToArray());
        Assert.Equal(2, await _broker.FeedAsync("events", LineReader.ReadAllAsync(lines, Token), _log, cancellationToken: Token));
        await using var source = Source();
        await source.OpenAsync(Token);

        Assert.Equal(["{\"n\":1}", "{\"n\":2}"], (await ReadAll(source, 2)).Select(Text).Order());
    }

    private KafkaSource Source(string topic = "events", string group = "g", string options = "") => new(
        KafkaSettings.From(
            Tables.With($"connector = kafka\ntopic = {topic}\nproperties.bootstrap.servers = h:1\nformat = json\n{options}"), new Placeholders(_ => null), _broker.BootstrapServers),
        group, _log, null, _broker);

    private static async Task<List<Record>> ReadAll(KafkaSource source, int count)
    {
        var all = new List<Record>();
        while (all.Count < count)
            all.AddRange(await source.ReadAsync(100_000, Wait, Token));
        return all;
    }

    private static async Task<int> CountDistinct(KafkaSource source, int count)
    {
        var seen = new System.Collections.BitArray(count);
        var distinct = 0;
        for (var read = 0; read < count;)
        {
            var batch = await source.ReadAsync(50_000, Wait, Token);
            read += batch.Count;
            foreach (var record in batch)
            {
                var number = record.Value.AsSpan(5, 7);
                var i = int.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
                if (!seen[i])
                    distinct++;
                seen[i] = true;
            }
        }
        return distinct;
    }

    private static string Text(Record record) => Encoding.UTF8.GetString(record.Value!);

    private static IAsyncEnumerable<byte[]> Events(int from, int to) =>
        Enumerable.Range(from, to - from).Select(i => Encoding.UTF8.GetBytes($"{{\"n\":{i}}}")).ToAsyncEnumerable();

    // Some 110 bytes each.
    private static IAsyncEnumerable<byte[]> LongEvents(int count) => Enumerable.Range(0, count).Select(i =>
        Encoding.UTF8.GetBytes($"{{\"n\":{i:D7},\"appkey\":\"appkey{i % 1000}\",\"servertime\":\"2020-09-30 14:10:36\",\"consumenum\":{i % 977}.8,\"roleid\":\"role{i}\"}}")).ToAsyncEnumerable();

    private static IAsyncEnumerable<byte[]> Repeat(byte[] value, int count) => Enumerable.Repeat(value, count).ToAsyncEnumerable();

    private static async Task<long> LagAsync(ISource source) => (await source.LagAsync(Token))!.Sum(p => p.Lag);
}
