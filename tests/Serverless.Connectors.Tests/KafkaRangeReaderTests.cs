using System.Diagnostics;
using System.Globalization;
using System.Text;
using Serverless.Connectors.Kafka;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests;

public sealed class KafkaRangeReaderTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly RecordingLogger _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_range_has_its_records_and_nothing_else()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(20);
        await using var reader = Reader();

        var range = await reader.ReadAsync(0, 5, 9, Token);
        Assert.Equal((5, 10), (range.First, range.Next));
        Assert.Equal(["5:e5", "6:e6", "7:e7", "8:e8", "9:e9"], range.Records.Select(Text));
        // Again, and backwards: one range leaves nothing behind in the next.
        Assert.Equal(["0:e0", "1:e1"], (await reader.ReadAsync(0, 0, 1, Token)).Records.Select(Text));
        Assert.Equal(["19:e19"], (await reader.ReadAsync(0, 19, 19, Token)).Records.Select(Text));
        Assert.Equal(OffsetRangeContent.Records, await reader.InspectAsync(0, 0, 19, Token));
    }

    [Fact]
    public async Task Offsets_of_transaction_markers_hold_no_record()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(2);
        await Transactions.SendAsync(_broker.BootstrapServers, "events", 2, Token);
        await SendAsync(1);
        await Transactions.SendAsync(_broker.BootstrapServers, "events", 1, Token);
        await using var reader = Reader();

        Assert.Equal(OffsetRangeContent.NoRecord, await reader.InspectAsync(0, 3, 3, Token));
        // Behind it nothing has come yet.
        Assert.Equal(OffsetRangeContent.NoRecord, await reader.InspectAsync(0, 8, 8, Token));
        Assert.Equal(OffsetRangeContent.Records, await reader.InspectAsync(0, 3, 4, Token));
        var range = await reader.ReadAsync(0, 1, 8, Token);
        Assert.Equal((1, 9), (range.First, range.Next));
        Assert.Equal(["1:e1", "2:t", "4:t", "6:e0", "7:t"], range.Records.Select(Text));
        Assert.Equal([1, 2, 3, 5, 7], range.Records.Select(r => r.From));
        var marker = await reader.ReadAsync(0, 5, 5, Token);
        Assert.Equal((5, 6, 0), (marker.First, marker.Next, marker.Records.Count));
    }

    [Fact]
    public async Task A_range_whose_beginning_is_deleted_says_so()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(1_000, new string('x', 10_000));
        await using var reader = Reader();

        Assert.Equal(OffsetRangeContent.Deleted, await reader.InspectAsync(0, 0, 10, Token));
        var gone = await reader.ReadAsync(0, 0, 10, Token);
        Assert.Equal((11, 11, 0), (gone.First, gone.Next, gone.Records.Count));
        var rest = await reader.ReadAsync(0, 0, 999, Token);
        Assert.InRange(rest.First, 300, 900);
        Assert.Equal(rest.First, rest.Records[0].Offset);
    }

    [Fact]
    public async Task A_large_range_comes_in_parts_that_are_bounded_in_records_and_bytes()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(25_000);
        await using var reader = Reader();

        var sizes = new List<int>();
        for (var next = 0L; next < 25_000;)
        {
            var range = await reader.ReadAsync(0, next, 24_999, Token);
            Assert.Equal(Enumerable.Range((int)next, range.Records.Count).Select(i => (long)i), range.Records.Select(r => r.Offset));
            sizes.Add(range.Records.Count);
            next = range.Next;
        }

        Assert.Equal([10_000, 10_000, 5_000], sizes);
        await SendAsync(40, new string('x', 110_000));
        var large = await reader.ReadAsync(0, 25_001, 25_039, Token);
        Assert.InRange(large.Records.Sum(r => r.Value!.Length), KafkaRangeReader.MaxBytes, KafkaRangeReader.MaxBytes + 110_010);
        Assert.Equal(25_001 + large.Records.Count, large.Next);
    }

    [Fact]
    public async Task A_topic_that_ends_before_the_range_is_another_one()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(3);
        await using var reader = Reader();

        var error = await Assert.ThrowsAsync<ConnectorException>(() => reader.ReadAsync(0, 1, 3, Token));

        Assert.StartsWith("topic 'events' was made anew: partition 0 ends at offset 3, and was read up to offset 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("'generation'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_that_are_away_are_asked_again_later()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(3);
        await using var reader = Reader();
        _broker.Cluster.SetReachable(1, false);
        var clock = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<SourceUnavailableException>(() => reader.ReadAsync(0, 0, 2, Token));
        Assert.StartsWith("offsets 0 to 2 of topic 'events', partition 0, cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 25);

        _broker.Cluster.SetReachable(1, true);
        Assert.Equal(3, (await reader.ReadAsync(0, 0, 2, Token)).Records.Count);
    }

    [Fact]
    public async Task Nothing_is_committed()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(3);
        await using (var reader = Reader())
            await reader.ReadAsync(0, 0, 2, Token);

        using var lag = new KafkaLag(KafkaSettings.From(Table, new Placeholders(_ => null), _broker.BootstrapServers), "g", TimeSpan.FromSeconds(10));
        Assert.Equal([new(0, 3)], lag.GetLag()!);
    }

    private static Engine.Sql.TableDefinition Table => Tables.With("connector = kafka\ntopic = events\nproperties.bootstrap.servers = h:1\nformat = json\n");

    private KafkaRangeReader Reader() => new(KafkaSettings.From(Table, new Placeholders(_ => null), _broker.BootstrapServers), "g", _log);

    private async Task SendAsync(int count, string padding = "")
    {
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), _log);
        await producer.SendAsync("events", Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"e{i}{padding}")).ToAsyncEnumerable(), cancellationToken: Token);
    }

    private static string Text(Record record) => string.Create(CultureInfo.InvariantCulture, $"{record.Offset}:{Encoding.UTF8.GetString(record.Value!)}");
}
