using Serverless.TestServers.Kafka;

namespace Serverless.Local.Tests.Security;

/// <summary><c>produce</c> to brokers with TLS and users.</summary>
public sealed class SecureProduceTests(SecureKafka kafka) : IClassFixture<SecureKafka>, IDisposable
{
    private static readonly string[] Login = ["--config", "security.protocol=SASL_SSL", "--config", "sasl.mechanism=PLAIN"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_script_says_how_to_reach_the_brokers_of_the_topic_that_it_reads()
    {
        var users = new BrokerUsers((SecureKafka.User, SecureKafka.Password));
        var script = ArticleScript.Recharge.At(kafka.Start(users), kafka.Truststore, "${USER}", "${PASSWORD}").WriteTo(_folder, "job.sql");

        var sent = await ProduceAsync("game_consume_log", "--script", script);
        var other = await ProduceAsync("pv-uv", "--script", script);
        var missing = await Cli.RunAsync(["produce", "game_consume_log", "--script", script], _ => null, "{}\n", TestContext.Current.CancellationToken);

        Assert.Equal((0, "1 record sent to game_consume_log\n"), (sent.ExitCode, sent.Output));
        Assert.Equal((2, $"error: {script} does not read the topic 'pv-uv'; it reads 'game_consume_log'\n"), (other.ExitCode, other.Error));
        Assert.Contains("option 'properties.sasl.jaas.config' needs the setting 'PASSWORD', which is not set", missing.Error, StringComparison.Ordinal);
        Assert.InRange(users.Logins, 1, 4);
    }

    [Fact]
    public async Task Client_properties_say_it_too_with_secrets_from_the_environment()
    {
        string[] at = ["--brokers", kafka.Start(), .. Login, "--config", $"properties.ssl.truststore.location={kafka.Truststore}", "--config", "ssl.truststore.password=${STORE}", "--config", "sasl.username=${USER}"];

        var sent = await ProduceAsync("game_consume_log", [.. at, "--config", "sasl.password=${PASSWORD}"]);
        var refused = await ProduceAsync("game_consume_log", [.. at, "--config", "sasl.password=${WRONG}"]);

        Assert.Equal((0, "1 record sent to game_consume_log\n"), (sent.ExitCode, sent.Output));
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("error: cannot send to topic 'game_consume_log': Kafka at 127.0.0.1:", refused.Error, StringComparison.Ordinal);
        Assert.Contains("the brokers do not let this user in: SASL authentication error: Authentication failed: Invalid username or password; check the user and password in '--config sasl.username' and '--config sasl.password'", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--config sasl.password=hunter2", "'--config sasl.password=…' shows a secret to everyone who sees this machine's processes: set an environment variable, and write 'sasl.password=${NAME}', in single quotes")]
    [InlineData("--config sasl.jaas.config=PlainLoginModule|required|username=u|password=hunter2;", "'--config sasl.jaas.config=…' shows a secret to everyone who sees this machine's processes: set an environment variable, and write 'sasl.jaas.config=${NAME}', in single quotes")]
    [InlineData("--config security.protokol=SSL", "unknown Kafka property '--config security.protokol'; did you mean '--config security.protocol'?")]
    [InlineData("--config security.protocol=TLS", "'--config security.protocol' must be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'")]
    [InlineData("--config security.protocol=SASL_SSL", "'--config security.protocol=SASL_SSL' needs '--config sasl.mechanism': 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512' or 'OAUTHBEARER'")]
    [InlineData("--config client.id=a --config client.id=b", "'--config client.id=…' is given twice: keep one")]
    [InlineData("--config bootstrap.servers=h:1", "'--config bootstrap.servers=…' says what --brokers says: leave it out")]
    [InlineData("--config client.id=a --config properties.client.id=b", "'--config client.id' is given twice: keep one")]
    [InlineData("--config security.protocol", "'--config security.protocol' must be a name and a value, as in '--config security.protocol=SASL_SSL'")]
    [InlineData("--script a.sql", "say where the topic is with --brokers or with --script, one of them")]
    public async Task What_is_wrong_is_an_error_without_the_secret(string more, string message)
    {
        var result = await ProduceAsync("t", ["--brokers", "127.0.0.1:1", .. more.Split(' ').Select(a => a.Replace('|', ' '))]);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"error: {message}", result.Error.Split('\n')[0]);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "say where the topic is with --brokers or with --script, one of them")]
    [InlineData("--script a.sql --config client.id=a", "--config goes with --brokers: with --script, the script says how to reach them")]
    public async Task One_way_to_say_it_is_needed(string more, string message)
    {
        var result = await ProduceAsync("t", more.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, $"error: {message}"), (result.ExitCode, result.Error.Split('\n')[0]));
    }

    private static Task<CliResult> ProduceAsync(string topic, params string[] more) => Cli.RunAsync(
        ["produce", topic, .. more],
        name => name switch { "USER" => SecureKafka.User, "PASSWORD" => SecureKafka.Password, "STORE" => JavaTruststore.Password, "WRONG" => "s3cret-wrong", _ => null },
        """{"appkey":"a"}""", TestContext.Current.CancellationToken);
}
