using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Kafka;

namespace Serverless.Connectors.Tests;

/// <summary>Topics that are not what a job has read.</summary>
public sealed class TopicTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly RecordingLogger _log = new();
    private readonly MemoryStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_topic_made_anew_between_two_runs_is_an_error_even_if_it_is_longer_than_before()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(5);
        await ReadAndCommitAsync(5);
        _broker.Cluster.DeleteTopic("events");
        _broker.CreateTopic("events", 1);
        await SendAsync(9);

        await using var source = Source();
        var error = await Assert.ThrowsAsync<ConnectorException>(() => source.OpenAsync(Token));

        Assert.StartsWith("topic 'events' was made anew: it has another id (", error.Message, StringComparison.Ordinal);
        Assert.Contains("set the option 'generation'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_id_is_known_an_end_before_what_was_read_tells_a_topic_made_anew()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(5);
        await ReadAndCommitAsync(5);
        _store.Topic = _store.Topic! with { Id = null };
        _broker.Cluster.DeleteTopic("events");
        _broker.CreateTopic("events", 1);
        await SendAsync(4);

        await using var source = Source();
        var error = await Assert.ThrowsAsync<ConnectorException>(() => source.OpenAsync(Token));

        Assert.StartsWith("topic 'events' was made anew: partition 0 ends at offset 4, and was read up to offset 5", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public async Task A_topic_made_anew_while_it_is_read_stops_the_job(int records)
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(5);
        await using var source = Source();
        await source.OpenAsync(Token);
        await ReadAsync(source, 5);
        _broker.Cluster.DeleteTopic("events");
        await source.ReadAsync(10, TimeSpan.FromSeconds(1), Token);
        _broker.CreateTopic("events", 1);
        await SendAsync(records);

        var read = 0;
        var error = await Assert.ThrowsAsync<ConnectorException>(async () =>
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(20);)
                read += (await source.ReadAsync(10, TimeSpan.FromMilliseconds(100), Token)).Count;
        });

        Assert.Contains("was made anew", error.Message, StringComparison.Ordinal);
        // What lies behind the offset to read next may come before it is noticed.
        Assert.InRange(read, 0, Math.Max(0, records - 5));
    }

    [Fact]
    public async Task A_topic_that_only_grew_goes_on()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(5);
        await ReadAndCommitAsync(5);
        await SendAsync(2);
        Assert.NotNull(_store.Topic!.Id);
        await ReadAndCommitAsync(2);
        Assert.Equal(7, _store.Topic!.Next[0]);
    }

    [Fact]
    public async Task Offsets_of_transaction_markers_are_told_with_the_record_behind_them_even_if_the_end_was_reached_between()
    {
        _broker.CreateTopic("events", 1);
        await using var source = Source();
        await source.OpenAsync(Token);
        await Transactions.SendAsync(_broker.BootstrapServers, "events", 2, Token);
        var records = new List<Engine.Ingest.Record>();
        while (records.Count < 2 || (await source.LagAsync(Token))![0].Lag > 0)
            records.AddRange(await source.ReadAsync(10, TimeSpan.FromMilliseconds(100), Token));
        await source.CommitAsync(Token);
        await SendAsync(2);
        while (records.Count < 4)
            records.AddRange(await source.ReadAsync(10, TimeSpan.FromSeconds(1), Token));

        Assert.Equal([(0, 0), (1, 2), (3, 4), (5, 5)], records.Select(r => (r.From, r.Offset)));
    }

    [Theory]
    [InlineData("evnets", "did you mean 'events'?")]
    [InlineData("something_else", "there are 'events', 'tracks'")]
    public async Task A_topic_that_is_not_there_is_named_at_once_with_those_that_are(string topic, string names)
    {
        _broker.CreateTopic("events", 1);
        _broker.CreateTopic("tracks", 1);
        await using var source = Source(topic);
        // Known when the source is open, however slow the machine: nothing has been read yet.
        await source.OpenAsync(Token);

        var message = $"topic '{topic}' is not there, at {_broker.BootstrapServers}; {names}";
        Assert.Equal((false, message, true), (source.Health.IsUp, source.Health.Message, source.Health.IsMissing));
        Assert.Equal($"{message}; waiting for it", Assert.Single(_log.Lines, line => line.Level == LogLevel.Warning).Text);
    }

    [Fact]
    public async Task Brokers_that_go_away_are_told_of_and_the_lag_is_not_known_until_they_are_back()
    {
        _broker.CreateTopic("events", 1);
        await SendAsync(5);
        await using var source = Source();
        Assert.Null(source.Health.IsUp);
        await source.OpenAsync(Token);
        await ReadAsync(source, 5);
        Assert.Equal([new PartitionLag(0, 0)], (await source.LagAsync(Token))!);
        Assert.True(source.Health.IsUp);

        _broker.Cluster.SetReachable(1, false);
        while (source.Health.IsUp is true)
            await source.ReadAsync(10, TimeSpan.FromMilliseconds(100), Token);
        Assert.Contains("no broker answers", source.Health.Message, StringComparison.Ordinal);
        Assert.NotNull(source.Health.Since);
        Assert.Null(await source.LagAsync(Token));

        _broker.Cluster.SetReachable(1, true);
        while (await source.LagAsync(Token) is null)
            await source.ReadAsync(10, TimeSpan.FromMilliseconds(100), Token);
        Assert.Equal(new SourceHealth(true), source.Health);
    }

    private KafkaSource Source(string topic = "events") => new(
        KafkaSettings.From(
            Tables.With($"connector = kafka\ntopic = {topic}\nproperties.bootstrap.servers = {_broker.BootstrapServers}\nformat = json"), new Placeholders(_ => null)),
        "g", _log, _store);

    private async Task ReadAndCommitAsync(int count)
    {
        await using var source = Source();
        await source.OpenAsync(Token);
        await ReadAsync(source, count);
        await source.CommitAsync(Token);
    }

    private static async Task ReadAsync(KafkaSource source, int count)
    {
        for (var read = 0; read < count;)
            read += (await source.ReadAsync(100, TimeSpan.FromSeconds(1), Token)).Count;
    }

    private async Task SendAsync(int count)
    {
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), _log);
        await producer.SendAsync("events", Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"e{i}")).ToAsyncEnumerable(), cancellationToken: Token);
    }

    private sealed class MemoryStore : ITopicStore
    {
        public TopicIdentity? Topic { get; set; }

        public Task<TopicIdentity?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(Topic);

        public ITopicStore Of(string topic) => throw new NotSupportedException();

        public Task SaveAsync(TopicIdentity topic, CancellationToken cancellationToken)
        {
            Topic = topic;
            return Task.CompletedTask;
        }
    }
}
