using Serverless.App.Triggers;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.App.Tests;

/// <summary>A topic that was made anew under its name.</summary>
public sealed class TopicGuardTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly Loading _app = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_start_over_another_topic_is_refused_with_the_remedy()
    {
        _broker.CreateTopic("t", 1);
        await LoadAsync();
        Assert.NotNull(_app.Generations.All["a"].TopicId);
        await LoadAsync();
        _broker.Cluster.DeleteTopic("t");
        _broker.CreateTopic("t", 1);

        var problem = Assert.Single((await Assert.ThrowsAsync<StartupException>(LoadAsync)).Problems);

        Assert.StartsWith("a.sql: error: topic 't' was made anew: it has another id (", problem, StringComparison.Ordinal);
        Assert.Contains("set the option 'generation'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_that_come_again_from_another_topic_are_not_taken_for_known_ones()
    {
        _broker.CreateTopic("t", 1);
        await SendAsync(3);
        var guard = new TopicGuard(Settings, "g", null, TimeProvider.System);
        await guard.RequireSameAsync(Records(0, 3), Token);
        // A repeated delivery.
        await guard.RequireSameAsync(Records(1, 2), Token);
        _broker.Cluster.DeleteTopic("t");
        _broker.CreateTopic("t", 1);
        await SendAsync(1);

        var later = new TopicGuard(Settings, "g", null, TimeProvider.System);
        await later.RequireSameAsync(Records(0, 3), Token);
        var error = await Assert.ThrowsAsync<ConnectorException>(() => later.RequireSameAsync(Records(0, 1), Token));

        Assert.StartsWith("topic 't' was made anew: partition 0 ends at offset 1, and was read up to offset 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_that_are_away_hold_nothing_up()
    {
        var guard = new TopicGuard(KafkaSettings.Plain("127.0.0.1:1"), "g", "id", TimeProvider.System);
        await guard.RequireSameAsync(Records(0, 3), Token);
        await guard.RequireSameAsync(Records(0, 3), Token);
    }

    private KafkaSettings Settings => _app.Catalog.All is [{ Kafka: { } loaded }] ? loaded : KafkaSettings.From(
        Serverless.Engine.Sql.ScriptCompiler.Compile(new("a.sql", Script), new ConnectorCatalog()).Jobs[0].Source, new Placeholders(_ => null));

    private string Script => Loading.Script().Replace("127.0.0.1:1", _broker.BootstrapServers, StringComparison.Ordinal);

    private Task LoadAsync() => _app.LoadAsync([("a.sql", Script)]);

    private static Record[] Records(int first, int count) => [.. Enumerable.Range(first, count).Select(i => new Record(0, i, 0, []))];

    private async Task SendAsync(int count)
    {
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await producer.SendAsync("t", Enumerable.Repeat("{}"u8.ToArray(), count).ToAsyncEnumerable(), cancellationToken: Token);
    }
}
