using Serverless.App.Triggers;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.App.Tests;

/// <summary>A topic that was made anew under its name.</summary>
public sealed class TopicGuardTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly Loading _app = new() { TopicPatience = null };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_start_over_another_topic_is_refused_with_the_remedy()
    {
        _broker.CreateTopic("t", 1);
        await LoadAsync(_broker);
        Assert.NotNull(_app.Generations.All["a"].TopicId);
        await LoadAsync(_broker);
        // Another broker's topic of the same name: as if it had been deleted and made again.
        using var other = new EmbeddedBroker();
        other.CreateTopic("t", 1);

        var problem = Assert.Single((await Assert.ThrowsAsync<StartupException>(() => LoadAsync(other))).Problems);

        Assert.StartsWith("a.sql: error: topic 't' was made anew: it has another id (", problem, StringComparison.Ordinal);
        Assert.Contains("set the option 'generation'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_that_come_again_are_a_repeated_delivery_if_the_topic_has_what_was_read()
    {
        await SendAsync(3);
        var guard = Guard();
        await guard.RequireSameAsync(Records(0, 3), Token);
        await guard.RequireSameAsync(Records(1, 2), Token);
    }

    [Fact]
    public async Task Offsets_that_come_again_from_another_topic_are_not_taken_for_known_ones()
    {
        await SendAsync(1);
        var guard = Guard();
        await guard.RequireSameAsync(Records(0, 3), Token);

        var error = await Assert.ThrowsAsync<ConnectorException>(() => guard.RequireSameAsync(Records(0, 1), Token));

        Assert.StartsWith("topic 't' was made anew: partition 0 ends at offset 1, and was read up to offset 3", error.Message, StringComparison.Ordinal);
        // It comes again, and is no better then.
        await Assert.ThrowsAsync<ConnectorException>(() => guard.RequireSameAsync(Records(0, 1), Token));
    }

    [Fact]
    public async Task Brokers_that_are_away_hold_nothing_up()
    {
        var guard = new TopicGuard(KafkaSettings.Plain("127.0.0.1:1"), "g", "id", TimeProvider.System);
        await guard.RequireSameAsync(Records(0, 3), Token);
        await guard.RequireSameAsync(Records(0, 3), Token);
    }

    private TopicGuard Guard() => new(
        KafkaSettings.From(ScriptCompiler.Compile(new SourceText("a.sql", Script(_broker)), new ConnectorCatalog()).Jobs[0].Source, new Placeholders(_ => null)), "g", null, TimeProvider.System);

    private static string Script(EmbeddedBroker broker) => Loading.Script().Replace("127.0.0.1:1", broker.BootstrapServers, StringComparison.Ordinal);

    private Task LoadAsync(EmbeddedBroker broker) => _app.LoadAsync([("a.sql", Script(broker))]);

    private static Record[] Records(int first, int count) => [.. Enumerable.Range(first, count).Select(i => new Record(0, i, 0, []))];

    private async Task SendAsync(int count)
    {
        _broker.CreateTopic("t", 1);
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await producer.SendAsync("t", Enumerable.Repeat("{}"u8.ToArray(), count).ToAsyncEnumerable(), cancellationToken: Token);
    }
}
