using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Files;
using Serverless.Connectors.Kafka;
using Serverless.TestServers.Kafka;

namespace Serverless.Local.Tests.Security;

/// <summary>Brokers with TLS and users that hold the article's messages.</summary>
public sealed class SecureKafka : IAsyncLifetime
{
    /// <summary>The user and password that the brokers let in.</summary>
    public const string User = "game", Password = "s3cret-game";

    private readonly EmbeddedBroker _broker = new();
    private readonly List<SecureBroker> _fronts = [];
    private readonly TempFolder _folder = new();

    /// <summary>The authority that the brokers' certificates are of.</summary>
    public CertificateAuthority Authority { get; } = new();

    /// <summary>A truststore with that authority.</summary>
    public string Truststore => _folder["truststore.jks"];

    /// <summary>The address of the broker without TLS and users.</summary>
    public string Plaintext => _broker.BootstrapServers;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        JavaTruststore.Save(Truststore, Authority.Certificate);
        using var producer = new KafkaProducer(KafkaSettings.Plain(_broker.BootstrapServers), NullLogger.Instance);
        // The events of one group go to one partition, so that they keep their order.
        foreach (var (topic, key) in ((string Topic, string Key)[])[("game_consume_log", "appkey"), ("pv-uv", "p_dt")])
        {
            _broker.CreateTopic(topic, 3);
            await using var events = File.OpenRead(Repository.DemoFile($"{topic}.jsonl"));
            await producer.SendAsync(topic, LineReader.ReadAllAsync(events, default), RecordKey.OfField(key));
        }
    }

    /// <summary>Starts a front that asks for certain things.</summary>
    /// <param name="security">What is asked for; its certificate is made out to the front's address unless it has another.</param>
    /// <returns>Its address.</returns>
    public string Start(BrokerSecurity security)
    {
        var front = new SecureBroker(_broker.BootstrapServers, security);
        lock (_fronts)
            _fronts.Add(front);
        return front.BootstrapServers;
    }

    /// <summary>Starts a front as the article's cluster: SASL over TLS, and one user.</summary>
    public string Start(BrokerUsers? users = null) =>
        Start(new BrokerSecurity { Certificate = Authority.Issue(TestServer.Host), Users = users ?? new BrokerUsers((User, Password)) });

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var front in _fronts)
            await front.DisposeAsync();
        _broker.Dispose();
        Authority.Dispose();
        _folder.Dispose();
    }
}
