using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Ingest;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests;

/// <summary>Tables of all topics whose names match a pattern.</summary>
public sealed class TopicPatternTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly RecordingLogger _log = new();
    private readonly MemoryStore _store = new();
    private readonly HashSet<string> _created = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("orders-.*", "orders-eu", true)]
    [InlineData("orders-.*", "old-orders-eu", false)]
    [InlineData("orders|shops", "orders", true)]
    [InlineData("orders|shops", "orders-eu", false)]
    [InlineData("a|ab", "ab", true)]
    [InlineData(".*", "__consumer_offsets", false)]
    public void A_pattern_matches_whole_names_of_topics_that_are_not_the_brokers_own(string pattern, string topic, bool matches) =>
        Assert.Equal(matches, new TopicPattern(pattern).Matches(topic));

    [Fact]
    public async Task Topics_that_match_are_read_with_their_names_and_others_are_not()
    {
        await SendAsync("orders-eu", 3);
        await SendAsync("orders-us", 2);
        await SendAsync("shops", 2);
        await SendAsync("orders.dead-letter", 1);

        await using var source = Source("orders.*", "dead-letter.topic = orders.dead-letter");
        await source.OpenAsync(Token);
        var records = await ReadAsync(source, 5);

        Assert.Equal(["orders-eu 0", "orders-eu 1", "orders-eu 2", "orders-us 0", "orders-us 1"], Lines(records));
        Assert.Equal(2, records.Select(r => r.Partition).Distinct().Count());
        Assert.All(await source.LagAsync(Token) ?? [], lag => Assert.Equal(0, lag.Lag));
    }

    [Fact]
    public async Task A_topic_that_appears_later_is_read_from_its_beginning()
    {
        await SendAsync("orders-eu", 3);
        await using var source = Source("orders-.*", "scan.startup.mode = latest-offset");
        await source.OpenAsync(Token);

        await SendAsync("orders-us", 2);

        Assert.Equal(["orders-us 0", "orders-us 1"], Lines(await ReadAsync(source, 2)));
    }

    [Fact]
    public async Task A_topic_that_appears_while_the_job_is_stopped_is_read_from_its_beginning()
    {
        await SendAsync("orders-eu", 3);
        await using (var first = Source("orders-.*", "scan.startup.mode = latest-offset"))
            await first.OpenAsync(Token);
        await SendAsync("orders-eu", 1);
        await SendAsync("orders-us", 2);

        await using var source = Source("orders-.*", "scan.startup.mode = latest-offset");
        await source.OpenAsync(Token);

        Assert.Equal(["orders-eu 3", "orders-us 0", "orders-us 1"], Lines(await ReadAsync(source, 3)));
    }

    [Fact]
    public async Task No_topic_at_all_is_waited_for_and_told()
    {
        _broker.CreateTopic("shops", 1);
        await using var source = Source("orders-.*");
        await source.OpenAsync(Token);

        Assert.Empty(await source.ReadAsync(10, TimeSpan.Zero, Token));
        Assert.True(source.Health.IsMissing);
        Assert.Equal("no topic matches 'topic-pattern' = 'orders-.*'", source.Health.Message);
        Assert.Null(await source.LagAsync(Token));

        await SendAsync("orders-eu", 1);
        Assert.Equal(["orders-eu 0"], Lines(await ReadAsync(source, 1)));
    }

    [Fact]
    public void A_partitions_number_follows_from_its_topics_name_alone()
    {
        Assert.Equal(TopicPattern.NumberOf(new RecordPlace("orders", 0)) + 7, TopicPattern.NumberOf(new RecordPlace("orders", 7)));
        Assert.Contains("more than 2048 partitions", Assert.Throws<ConnectorException>(() => TopicPattern.NumberOf(new RecordPlace("orders", 2048))).Message, StringComparison.Ordinal);
        var same = Enumerable.Range(0, 100_000).Select(i => $"t{i}").GroupBy(t => TopicPattern.NumberOf(new RecordPlace(t, 0))).First(g => g.Count() > 1).ToList();
        Assert.Contains("cannot be told apart", Assert.Throws<ConnectorException>(() => TopicPattern.RequireApart(same[0], [same[1]])).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(IEnumerable<Record> records) => records.Select(r => $"{r.Place!.Topic} {r.Offset}").Order(StringComparer.Ordinal);

    private static async Task<List<Record>> ReadAsync(ISource source, int count)
    {
        var records = new List<Record>();
        while (records.Count < count)
            records.AddRange(await source.ReadAsync(100, TimeSpan.FromMilliseconds(200), Token));
        return records;
    }

    private ISource Source(string pattern, string more = "scan.startup.mode = earliest-offset") =>
        new ConnectorFactory(_ => null, NullLoggerFactory.Instance) { BootstrapServers = _broker.BootstrapServers }.CreateSource(
            Tables.With($"connector = kafka\ntopic-pattern = {pattern}\nproperties.bootstrap.servers = h:1\nformat = json\nscan.topic-partition-discovery.interval = 100ms\n{more}"), "g", null, _store);

    private async Task SendAsync(string topic, int count)
    {
        if (!_created.Contains(topic))
            _broker.CreateTopic(topic, 1);
        _created.Add(topic);
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), _log);
        await producer.SendAsync(topic, Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"e{i}")).ToAsyncEnumerable(), cancellationToken: Token);
    }

    private sealed class MemoryStore : ITopicStore
    {
        private readonly Dictionary<string, MemoryStore> _topics = [];
        private TopicIdentity? _topic;

        public Task<TopicIdentity?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(_topic);

        public ITopicStore Of(string topic) => _topics.TryGetValue(topic, out var store) ? store : _topics[topic] = new MemoryStore();

        public Task SaveAsync(TopicIdentity topic, CancellationToken cancellationToken)
        {
            _topic = topic;
            return Task.CompletedTask;
        }
    }
}
