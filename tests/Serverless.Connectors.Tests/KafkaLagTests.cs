using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;
using Serverless.TestServers.Kafka;

namespace Serverless.Connectors.Tests;

public sealed class KafkaLagTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task It_is_what_the_group_has_not_committed()
    {
        _broker.CreateTopic("events", 2);
        using var lag = Lag("events");
        Assert.Equal([new(0, 0), new(1, 0)], lag.GetLag()!);

        await _broker.FeedAsync("events", Enumerable.Range(0, 10).Select(i => Encoding.UTF8.GetBytes($"{{\"n\":{i}}}")).ToAsyncEnumerable(), new RecordingLogger(), cancellationToken: Token);
        Assert.Equal(10, lag.GetLag()!.Sum(p => p.Lag));

        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = "g" }).Build();
        // Records without a key may all go to one partition.
        long[] ends = [.. Enumerable.Range(0, 2).Select(p => reader.QueryWatermarkOffsets(new("events", p), TimeSpan.FromSeconds(10)).High.Value)];
        var filled = ends[0] > 0 ? 0 : 1;
        reader.Commit([new TopicPartitionOffset("events", filled, ends[filled] - 1)]);
        Assert.Equal([.. ends.Select((end, p) => new PartitionLag(p, p == filled ? 1 : end))], lag.GetLag()!);
        Assert.Equal([.. ends.Select((end, p) => new GroupPosition(p, p == filled ? end - 1 : 0, end))], lag.GetPositions()!);
    }

    [Fact]
    public void Of_brokers_that_do_not_answer_nothing_is_known()
    {
        using var lag = new KafkaLag(Settings("events", "127.0.0.1:1"), "g", TimeSpan.FromMilliseconds(200));
        Assert.Null(lag.GetLag());
        Assert.Null(lag.GetPositions());
    }

    [Fact]
    public async Task Brokers_that_refuse_the_login_are_said_to_however_often_they_are_asked_until_they_let_it_in()
    {
        _broker.CreateTopic("events", 1);
        var users = new BrokerUsers(("me", "s3cret"));
        users.Revoke("me");
        await using var front = new SecureBroker(_broker.BootstrapServers, new BrokerSecurity { Users = users });
        var settings = KafkaSettings.From(
            Tables.With(
                $"connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = {front.BootstrapServers}\nproperties.security.protocol = SASL_PLAINTEXT\n"
                + "properties.sasl.mechanism = PLAIN\nproperties.sasl.username = me\nproperties.sasl.password = s3cret"),
            new Placeholders(_ => null));
        using var lag = new KafkaLag(settings, "g", TimeSpan.FromSeconds(5));

        for (var i = 0; i < 3; i++)
        {
            Assert.Null(lag.GetLag());
            Assert.Equal(
                $"{settings}: the brokers do not let this user in: SASL authentication error: Authentication failed: Invalid username or password; "
                + "check the user and password in 'properties.sasl.username' and 'properties.sasl.password', and that the user still exists",
                lag.Problem);
        }
        users.Allow("me");
        while (lag.GetLag() is null)
            await Task.Delay(50, Token);
        Assert.Null(lag.Problem);
    }

    private KafkaLag Lag(string topic) => new(Settings(topic, _broker.BootstrapServers), "g", TimeSpan.FromSeconds(10));

    private static KafkaSettings Settings(string topic, string brokers) => KafkaSettings.From(
        Tables.With($"connector = kafka\ntopic = {topic}\nproperties.bootstrap.servers = h:1\nformat = json\n"), new Placeholders(_ => null), brokers);
}
