using Serverless.TestServers.Kafka;

namespace Serverless.Local.Tests.Security;

/// <summary>The ways in which a secure cluster does not let a job in, and the first line that a user sees of each.</summary>
public sealed class RefusedConnectionTests(SecureKafka kafka) : IClassFixture<SecureKafka>, IDisposable
{
    private const string Login = "the brokers do not let this user in: SASL authentication error: Authentication failed: Invalid username or password; check the user and password in 'properties.sasl.jaas.config', and that the user still exists";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task A_wrong_password() => IsToldAsync(Script(kafka.Start(), password: "s3cret-wrong"), "sasl_ssl", Login);

    [Fact]
    public Task An_unknown_user() => IsToldAsync(Script(kafka.Start(), user: "nobody"), "sasl_ssl", Login);

    [Fact]
    public async Task An_authority_that_is_not_trusted_though_it_has_the_same_name()
    {
        using var other = new CertificateAuthority();
        var script = Script(kafka.Start()).With("properties.ssl.truststore.location", JavaTruststore.Save(_folder["other.jks"], other.Certificate));

        await IsToldAsync(script, "sasl_ssl", "the certificate of * is signed by 'CN=Test authority', which is none of the authorities in 'properties.ssl.truststore.location': add the certificate of the authority that signed it");
    }

    [Fact]
    public Task A_certificate_of_another_host() => IsToldAsync(
        Script(kafka.Start(new BrokerSecurity { Certificate = kafka.Authority.Issue("kafka.example") })), "sasl_ssl",
        "the certificate of * is made out to 'kafka.example', not to '127.0.0.1': use a name in 'properties.bootstrap.servers' and the brokers' 'advertised.listeners' that it has, or have one made out to '127.0.0.1'");

    [Fact]
    public Task An_expired_certificate()
    {
        var end = DateTimeOffset.UtcNow.AddDays(-3);
        return IsToldAsync(Script(kafka.Start(new BrokerSecurity { Certificate = kafka.Authority.Issue(TestServer.Host, end) })), "sasl_ssl", $"the certificate of * expired on {end:yyyy-MM-dd}: renew it");
    }

    [Theory]
    [InlineData("PLAINTEXT", "SSL")]
    [InlineData("SASL_PLAINTEXT", "SASL_SSL")]
    public Task Plaintext_to_a_port_with_TLS(string protocol, string instead) => IsToldAsync(
        Script(kafka.Start()).With("properties.security.protocol", protocol), protocol.ToLowerInvariant(),
        $"the brokers want TLS: Disconnected: connection closed by peer: receive 0 after POLLIN; set 'properties.security.protocol' to '{instead}', or use the port at which they have none");

    [Theory]
    [InlineData("SSL", "PLAINTEXT")]
    [InlineData("SASL_SSL", "SASL_PLAINTEXT")]
    public Task TLS_to_a_port_without(string protocol, string instead) => IsToldAsync(
        Script(kafka.Start(new BrokerSecurity())).With("properties.security.protocol", protocol), protocol.ToLowerInvariant(),
        $"the brokers do not speak TLS: SSL handshake failed: Disconnected: *: connecting to a PLAINTEXT broker listener?; use the port at which they do, or set 'properties.security.protocol' to '{instead}' if the network is to be trusted");

    [Fact]
    public Task A_login_that_is_missing() => IsToldAsync(
        Script(kafka.Start()).With("properties.security.protocol", "SSL"), "ssl",
        "the brokers want a login: Disconnected: SSL connection closed by peer; set 'properties.security.protocol' to 'SASL_SSL', 'properties.sasl.mechanism', and the user and password in 'properties.sasl.jaas.config'");

    [Fact]
    public Task A_login_where_there_are_no_users() => IsToldAsync(
        Script(kafka.Start(new BrokerSecurity { Certificate = kafka.Authority.Issue(TestServer.Host) })), "sasl_ssl",
        "the brokers have no users: Failed to initialize SASL authentication: SASL Handshake not supported by broker (required by mechanism PLAIN); set 'properties.security.protocol' to 'SSL', or use the port at which they have");

    [Fact]
    public Task A_mechanism_that_the_brokers_do_not_take() => IsToldAsync(
        Script(kafka.Start(new BrokerSecurity { Certificate = kafka.Authority.Issue(TestServer.Host), Users = new BrokerUsers(), Mechanisms = ["SCRAM-SHA-512"] })), "sasl_ssl",
        "the brokers do not take this mechanism: SASL PLAIN mechanism handshake failed: Broker: Unsupported SASL mechanism: broker's supported mechanisms: SCRAM-SHA-512; set 'properties.sasl.mechanism' to one of theirs");

    [Fact]
    public Task A_certificate_of_the_client_that_is_missing() => IsToldAsync(
        Script(kafka.Start(new BrokerSecurity { Certificate = kafka.Authority.Issue(TestServer.Host), ClientAuthority = kafka.Authority.Certificate })).With("properties.security.protocol", "SSL"), "ssl",
        "the brokers want a certificate of this client, or do not take the one that they got: Disconnected: SSL connection closed by peer; set 'properties.ssl.keystore.location' to a key and a certificate of an authority that they trust");

    private ArticleScript Script(string brokers, string user = SecureKafka.User, string password = SecureKafka.Password) =>
        ArticleScript.Recharge.At(brokers, kafka.Truststore, user, password);

    // A run says it first, of itself or of what it waits for, whichever it learns first, and so does check --connect; a '*' stands for what differs.
    private async Task IsToldAsync(ArticleScript script, string protocol, string fault)
    {
        var line = $"topic game_consume_log of Kafka at * ({protocol}): {fault}";
        await using (var run = new BackgroundRun("run", script.WriteTo(_folder, "job.sql"), "--embedded-sinks", "--no-dashboard", "--state", _folder["state"]))
            IsLike(line, (await run.FirstWarningAsync()).Split(": ", 2)[1]
                .Replace("waiting for the topic's partitions: ", "", StringComparison.Ordinal).Replace("; still trying", "", StringComparison.Ordinal));

        var check = await Cli.RunAsync("check", "--connect", script.Printing().WriteTo(_folder, "job.sql"));
        Assert.Equal(2, check.ExitCode);
        IsLike(line, Assert.Single(check.Error.Split('\n'), l => l.Contains(": error: ", StringComparison.Ordinal)).Split(": error: ", 2)[1]);
    }

    private static void IsLike(string expected, string actual)
    {
        // Piece by piece, so that a failure shows both in full.
        var pieces = expected.Split('*');
        Assert.StartsWith(pieces[0], actual, StringComparison.Ordinal);
        Assert.EndsWith(pieces[^1], actual, StringComparison.Ordinal);
        Assert.All(pieces, p => Assert.Contains(p, actual, StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", actual, StringComparison.Ordinal);
    }
}
