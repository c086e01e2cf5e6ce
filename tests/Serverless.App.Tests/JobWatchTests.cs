using System.Text.Json;
using Confluent.Kafka;
using Serverless.App.Http;
using Serverless.Connectors.Kafka;
using Serverless.Dashboard;
using Serverless.Engine.Ingest;

namespace Serverless.App.Tests;

public sealed class JobWatchTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly Loading _app = new() { TopicPatience = null };
    private readonly TimerClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task What_brokers_and_the_sink_say_is_told_and_what_only_instances_have_counted_is_not()
    {
        await using var watch = await WatchAsync();
        await ProduceAsync(0, 5);
        await ProduceAsync(1, 2);
        Commit((0, 1));
        await _app.Catalog.All[0].Letters.WriteAsync([new DeadLetter("a", "t", 1, 0, DeadLetterKind.Field, "no number", "{}"u8.ToArray(), null)], Token);

        var first = await LookAsync(watch);
        Assert.Equal((6, null), (first.Lag, first.RecordsPerSecond));
        Assert.Equal([new PartitionStatus(0, 4), new PartitionStatus(1, 2)], first.Partitions);
        Assert.Equal((new SourceStatus(true), new SinkStatus(true)), (first.Source, first.Sink));
        Assert.Equal($"topic t.dead-letter of Kafka at {_broker.BootstrapServers}", first.DeadLetterPlace);
        Assert.Equal(1, first.DeadLetters);
        Assert.Equal([new DeadLetterStatus("no number", "t", 1, 0, null)], first.LastDeadLetters);
        Assert.Equal((null, null, null, null, null, null), (first.Records, first.Skipped, first.Duplicates, first.Groups, first.RowsWritten, first.RowsWaiting));

        Commit((0, 5), (1, 1));
        Assert.Same(first, await LookAsync(watch));
        _clock.Now += TimeSpan.FromSeconds(5);
        var second = await LookAsync(watch);
        Assert.Equal((1, 1), (second.Lag, second.RecordsPerSecond));
    }

    [Fact]
    public async Task The_partitions_of_several_topics_tell_which_topic_they_are_of()
    {
        _broker.CreateTopic("u", 1);
        _broker.CreateTopic("t", 1);
        await _app.LoadAsync([("a.sql", Loading.Script().Replace("INSERT INTO o SELECT k, COUNT(*) FROM s GROUP BY k;", """
            CREATE TABLE other (k STRING) WITH ('connector' = 'kafka', 'topic' = 'u', 'properties.bootstrap.servers' = '127.0.0.1:1', 'format' = 'json');
            INSERT INTO o SELECT k, COUNT(*) FROM (SELECT k FROM s UNION ALL SELECT k FROM other) GROUP BY k;
            """, StringComparison.Ordinal).Replace("127.0.0.1:1", _broker.BootstrapServers, StringComparison.Ordinal))]);
        await using var watch = new JobWatch(_app.Catalog, new SinkProbe(_clock), _clock);
        await ProduceAsync(0, 3);
        Assert.Equal([new PartitionStatus(0, 3, "t"), new PartitionStatus(0, 0, "u")], (await LookAsync(watch)).Partitions);
    }

    [Fact]
    public async Task After_a_while_in_which_nobody_looked_connections_are_closed_and_whoever_comes_next_makes_new_ones()
    {
        await using var watch = await WatchAsync();
        await ProduceAsync(0, 3);
        Commit((0, 1));
        await LookAsync(watch);
        Assert.Equal(TimeSpan.FromMinutes(1), _clock.Due);
        _clock.Fire!();
        Commit((0, 3));
        _clock.Now += TimeSpan.FromSeconds(10);
        var next = await LookAsync(watch);
        Assert.Equal((0, null), (next.Lag, next.RecordsPerSecond));
    }

    [Fact]
    public async Task Brokers_and_sinks_that_are_away_leave_nothing_but_why_and_no_secret()
    {
        await _app.LoadAsync(Loading.Repositorys());
        await using var watch = new JobWatch(_app.Catalog, new SinkProbe(_clock), _clock);
        var jobs = await watch.GetAsync(Token);
        Assert.Equal(["pvuv", "recharge"], jobs.Select(j => j.Job));
        Assert.All(jobs, j =>
        {
            Assert.Equal((null, null, null, false, false), (j.Lag, j.RecordsPerSecond, j.DeadLetters, j.Source.IsUp, j.Sink.IsUp));
            Assert.Contains("no broker answers: Connect to ipv4#127.0.0.1:1 failed: Connection refused; check 'properties.bootstrap.servers'", j.Source.Message, StringComparison.Ordinal);
            Assert.Empty(j.Partitions);
            Assert.Empty(j.LastDeadLetters);
            Assert.Contains("127.0.0.1:1", j.Sink.Message, StringComparison.Ordinal);
        });
        var json = JsonSerializer.Serialize(jobs);
        Assert.All(Loading.Settings.Values.Where(v => v!.StartsWith("s3cret", StringComparison.Ordinal)), v => Assert.DoesNotContain(v!, json, StringComparison.Ordinal));
    }

    private async Task<JobWatch> WatchAsync()
    {
        _broker.CreateTopic("t", 2);
        await _app.LoadAsync([("a.sql", Loading.Script().Replace("127.0.0.1:1", _broker.BootstrapServers, StringComparison.Ordinal))]);
        return new JobWatch(_app.Catalog, new SinkProbe(_clock), _clock);
    }

    private static async Task<JobStatus> LookAsync(JobWatch watch) => Assert.Single(await watch.GetAsync(Token));

    private async Task ProduceAsync(int partition, int records)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = _broker.BootstrapServers }).Build();
        for (var i = 0; i < records; i++)
            await producer.ProduceAsync(new TopicPartition("t", partition), new Message<Null, string> { Value = "{}" }, Token);
    }

    // As the host does when a batch is stored.
    private void Commit(params (int Partition, long Next)[] offsets)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = _app.Catalog.All[0].Sources[0].ConsumerGroup }).Build();
        reader.Commit(offsets.Select(o => new TopicPartitionOffset("t", o.Partition, o.Next)));
    }

    /// <summary>A clock whose timer a test lets go off.</summary>
    private sealed class TimerClock : TimeProvider, ITimer
    {
        public DateTimeOffset Now { get; set; } = FakeGenerations.Born;

        public TimeSpan Due { get; private set; }

        public Action? Fire { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Fire = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            return true;
        }

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
