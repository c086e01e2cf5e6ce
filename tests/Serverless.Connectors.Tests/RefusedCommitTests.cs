using System.Text;
using Serverless.Connectors.Kafka;
using Serverless.TestServers.Kafka;

namespace Serverless.Connectors.Tests;

public sealed class RefusedCommitTests : IDisposable
{
    private readonly EmbeddedBroker _broker = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task A_commit_for_which_the_brokers_refuse_the_login_says_so_and_succeeds_when_they_allow_it_again()
    {
        _broker.CreateTopic("events", 1);
        var users = new BrokerUsers(("me", "s3cret"));
        await using var front = new SecureBroker(_broker.BootstrapServers, new BrokerSecurity { Users = users });
        var settings = KafkaSettings.From(
            Tables.With(
                $"connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = {front.BootstrapServers}\nproperties.security.protocol = SASL_PLAINTEXT\n"
                + "properties.sasl.mechanism = PLAIN\nproperties.sasl.username = me\nproperties.sasl.password = s3cret"),
            new Placeholders(_ => null));
        var logger = new RecordingLogger();
        await _broker.FeedAsync("events", new[] { Encoding.UTF8.GetBytes("{}") }.ToAsyncEnumerable(), logger, cancellationToken: Token);
        await using var source = new KafkaSource(settings, "g", logger);
        await source.OpenAsync(Token);
        while ((await source.ReadAsync(10, TimeSpan.FromSeconds(1), Token)).Count == 0)
            Token.ThrowIfCancellationRequested();

        users.Revoke("me");
        var commit = source.CommitAsync(Token);
        while (!logger.Lines.Any(l => l.Text.Contains("the brokers do not let this user in", StringComparison.Ordinal)))
            await Task.Delay(50, Token);
        Assert.False(commit.IsCompleted);
        Assert.False(source.Health.IsUp);

        users.Allow("me");
        await commit;
    }
}
