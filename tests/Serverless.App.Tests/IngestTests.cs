using System.Collections.Concurrent;
using System.Text;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Moq;
using Serverless.App.Entities;
using Serverless.App.Triggers;
using Serverless.Durable;

namespace Serverless.App.Tests;

public sealed class IngestTests
{
    private readonly TestApp _app = new();
    private readonly Mock<DurableEntityClient> _entities = new("test");
    private readonly Mock<DurableTaskClient> _client = new("test");
    private readonly ConcurrentQueue<(EntityInstanceId To, string Operation, object Input)> _sent = new();

    private string Function => _app.Job.Sources[0].Function;

    private string FunctionId => _app.Job.FunctionIdOf(_app.Job.Sources[0]);

    public IngestTests()
    {
        _client.SetupGet(c => c.Entities).Returns(_entities.Object);
        Store(_ => false);
        Pressure(() => null);
    }

    [Fact]
    public async Task A_batch_of_several_partitions_is_one_signal_a_cell()
    {
        await IngestAsync(Records("a", "b", "a", "c"));
        Assert.Equal(((string[])["a", "b", "c"]).Select(k => $"@group@{_app.Job.EntityKeys.OfGroup(k)}").Order(StringComparer.Ordinal), _sent.Select(s => $"{s.To}").Order(StringComparer.Ordinal));
        Assert.All(_sent, s => Assert.Equal(Operations.Apply, s.Operation));
    }

    [Fact]
    public async Task A_batch_that_fails_midway_comes_again_whole_and_counts_once()
    {
        var stored = 0;
        Store(_ => Interlocked.Increment(ref stored) > 3);
        await Assert.ThrowsAsync<IOException>(() => IngestAsync(Records("a", "b", "c", "d", "e", "f")));
        Assert.Equal(3, _sent.Count);
        Store(_ => false);
        await IngestAsync(Records("a", "b", "c", "d", "e", "f"));
        Assert.Equal(9, _sent.Count);

        // What got through twice is one event; nothing was taken for stored before it was.
        foreach (var group in _sent.GroupBy(s => s.To.Key))
        {
            var cell = new CellState();
            var known = group.Sum(s => new GroupCell(_app.Job.Job).Apply(cell, group.Key, (SlicesMessage)s.Input, _app.Clock.Now, "t", []));
            Assert.Equal(group.Count() - 1, known);
        }
    }

    [Fact]
    public async Task After_a_failure_it_pauses_longer_and_longer_before_the_host_repeats_the_batch()
    {
        Store(_ => true);
        var clock = new WaitingClock();
        var ingestion = new Ingestion(_app.Catalog, _app.Watch, _app.Metrics, _app.Warnings, _app.Lifetime.Object, clock, new LoggerDouble<Ingestion>(_app.Logs));
        for (var i = 0; i < 12; i++)
            await Assert.ThrowsAsync<IOException>(() => ingestion.ProcessAsync(Function, FunctionId, Records("a"), new EntityClient(_client.Object), TestContext.Current.CancellationToken));
        Assert.InRange(clock.Waits[0].TotalSeconds, 0.5, 1);
        Assert.InRange(clock.Waits[^1].TotalSeconds, 15, 30);
    }

    [Fact]
    public async Task While_the_output_is_full_it_waits_and_goes_on_when_it_is_not()
    {
        var looks = 0;
        Pressure(() => ++looks < 3 ? _app.Clock.Now + TimeSpan.FromHours(1) : null);
        var clock = new WaitingClock();
        var ingestion = new Ingestion(_app.Catalog, _app.Watch, _app.Metrics, _app.Warnings, _app.Lifetime.Object, clock, new LoggerDouble<Ingestion>(_app.Logs));
        await ingestion.ProcessAsync(Function, FunctionId, Records("a"), new EntityClient(_client.Object), TestContext.Current.CancellationToken);
        Assert.Equal(3, looks);
        Assert.Equal(2, clock.Waits.Count);
        Assert.Single(_sent);
        await ingestion.ProcessAsync(Function, FunctionId, Records("b"), new EntityClient(_client.Object), TestContext.Current.CancellationToken);
        Assert.Equal(3, looks); // what it saw is good for some seconds
    }

    [Fact]
    public async Task An_output_that_stays_full_puts_the_batch_off_long_before_the_brokers_lose_patience()
    {
        Pressure(() => DateTimeOffset.MaxValue);
        var clock = new WaitingClock();
        var ingestion = new Ingestion(_app.Catalog, _app.Watch, _app.Metrics, _app.Warnings, _app.Lifetime.Object, clock, new LoggerDouble<Ingestion>(_app.Logs));
        await Assert.ThrowsAsync<OutputFullException>(() => ingestion.ProcessAsync(Function, FunctionId, Records("a"), new EntityClient(_client.Object), TestContext.Current.CancellationToken));
        Assert.Empty(_sent);
        Assert.InRange(clock.Waits.Sum(w => w.TotalSeconds), 30, 95);
    }

    [Fact]
    public async Task A_trigger_of_another_generation_stores_nothing_and_ends_the_app()
    {
        await Assert.ThrowsAsync<OutdatedException>(() => IngestAsync(Records("a"), "ingest-test-old"));
        Assert.Empty(_sent);
        _app.Lifetime.Verify(l => l.StopApplication());
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task A_task_hub_that_is_gone_stores_nothing_and_ends_the_app()
    {
        await IngestAsync(Records("a"));
        _app.Generations.All.Clear();
        _app.Clock.Now += TimeSpan.FromMinutes(1);
        await Assert.ThrowsAsync<OutdatedException>(() => IngestAsync(Records("b")));
        Assert.Single(_sent);
        _app.Lifetime.Verify(l => l.StopApplication());
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task A_job_that_another_version_of_the_app_has_taken_over_is_read_no_more()
    {
        await IngestAsync(Records("a"));
        _app.Generations.All["test"] = new Generation("g1", "another", _app.Clock.Now);
        _app.Clock.Now += TimeSpan.FromMinutes(1);
        await Assert.ThrowsAsync<OutdatedException>(() => IngestAsync(Records("b")));
        Assert.Single(_sent);
        // Ending would start it again, and have it take the job back.
        _app.Lifetime.Verify(l => l.StopApplication(), Times.Never);
    }

    [Fact]
    public async Task The_generation_is_looked_up_now_and_then_and_not_with_each_batch()
    {
        for (var i = 0; i < 5; i++)
            await IngestAsync(Records("a"));
        Assert.Equal(1, _app.Generations.Looks);
    }

    [Fact]
    public async Task Dead_letters_are_written_before_a_batch_is_done_and_if_they_cannot_be_it_is_not()
    {
        _app.Letters.IsAway = true;
        Record[] bad = [new(0, 0, 1, Encoding.UTF8.GetBytes("no json"))];
        await Assert.ThrowsAsync<Serverless.Connectors.SinkUnavailableException>(() => IngestAsync(bad));
        _app.Letters.IsAway = false;
        await IngestAsync(bad);
        Assert.Equal("t", Assert.Single(_app.Letters.All).Topic);
    }

    [Fact]
    public async Task A_batch_waits_for_the_schema_registry_and_groups_by_columns_of_the_key()
    {
        using var registry = new Serverless.TestServers.SchemaRegistryServer { IsDown = true };
        var schema = registry.Register("t-value", """{"type":"record","name":"r","fields":[{"name":"v","type":"long"}]}""");
        var app = new TestApp($"""
            CREATE TABLE s (k STRING, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'key.format' = 'raw', 'key.fields' = 'k',
              'value.fields-include' = 'EXCEPT_KEY', 'value.format' = 'avro-confluent', 'value.avro-confluent.url' = '{registry.Url}');
            CREATE TABLE o (k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'blackhole');
            SET 'state.cells' = 'none';
            INSERT INTO o SELECT k, COUNT(*), SUM(v) FROM s GROUP BY k;
            """);
        Record[] records = [.. "aba".Select((k, i) => new Record(0, i, 1, [0, 0, 0, 0, (byte)schema, 42 * 2]) { Key = [(byte)k] })];

        await Assert.ThrowsAsync<Serverless.Connectors.SinkUnavailableException>(() => ProcessAsync());
        Assert.Empty(_sent);
        registry.IsDown = false;
        await ProcessAsync();

        Assert.Equal(["@group@test.g0:a", "@group@test.g0:b"], _sent.Select(s => $"{s.To}").Order(StringComparer.Ordinal));
        Assert.Empty(app.Letters.All);

        Task ProcessAsync() => app.Ingestion.ProcessAsync(app.Job.Sources[0].Function, app.Job.FunctionIdOf(app.Job.Sources[0]), records, new EntityClient(_client.Object), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_host_that_stops_does_not_wait_for_a_pause()
    {
        using var stop = new CancellationTokenSource();
        Store(_ =>
        {
            stop.Cancel();
            return true;
        });
        await Assert.ThrowsAnyAsync<Exception>(() => _app.Ingestion.ProcessAsync(Function, FunctionId, Records("a"), new EntityClient(_client.Object), stop.Token))
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Between_batches_groups_are_told_each_minute_how_far_the_topic_is_read_and_with_one_in_hand_they_are_not()
    {
        var ingestion = _app.Ingestion;
        await ingestion.ProcessAsync(Function, FunctionId, Records("a", "b"), new EntityClient(_client.Object), TestContext.Current.CancellationToken);
        _sent.Clear();
        await ingestion.CoverAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_sent);
        _app.Clock.Now += TimeSpan.FromSeconds(61);
        await _app.Job.Gate.WaitAsync(TestContext.Current.CancellationToken);
        await ingestion.CoverAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_sent);
        _app.Job.Gate.Release();
        await ingestion.CoverAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["a", "b"], _sent.SelectMany(s => ((SlicesMessage)s.Input).Parts).Select(p => p.Group).Order(StringComparer.Ordinal));
    }

    private static Record[] Records(params string[] keys) =>
        [.. keys.Select((k, i) => new Record(i % 2, i / 2, 1_000 + i, Encoding.UTF8.GetBytes($$"""{"k":"{{k}}","v":1}"""))).OrderBy(r => r.Partition)];

    private Task IngestAsync(Record[] records, string? functionId = null) =>
        new Ingestion(_app.Catalog, _app.Watch, _app.Metrics, _app.Warnings, _app.Lifetime.Object, new WaitingClock(_app.Clock), new LoggerDouble<Ingestion>(_app.Logs))
            .ProcessAsync(Function, functionId ?? FunctionId, records, new EntityClient(_client.Object), TestContext.Current.CancellationToken);

    private void Store(Func<EntityInstanceId, bool> fails) => _entities
        .Setup(e => e.SignalEntityAsync(It.IsAny<EntityInstanceId>(), It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<SignalEntityOptions?>(), It.IsAny<CancellationToken>()))
        .Returns<EntityInstanceId, string, object?, SignalEntityOptions?, CancellationToken>((to, operation, input, _, _) =>
        {
            if (fails(to))
                throw new IOException("the storage is away");
            _sent.Enqueue((to, operation, input!));
            return Task.CompletedTask;
        });

    private void Pressure(Func<DateTimeOffset?> until)
    {
        var id = new EntityInstanceId("Job", _app.Job.EntityKeys.OfJob);
        _entities.Setup(e => e.GetEntityAsync<JobState>(id, It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => until() is { } at ? new EntityMetadata<JobState>(id, new JobState { Until = { [0] = at } }) : null);
    }
}
