using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests;

public sealed class KafkaTriggerTests
{
    private const string Table = "connector = kafka\ntopic = events\nproperties.bootstrap.servers = h:9071\nformat = json\n";
    private const string Sasl = "properties.security.protocol = SASL_SSL\nproperties.sasl.mechanism = PLAIN\n";
    private const string Login = "properties.sasl.username = ${USER}\nproperties.sasl.password = ${PASSWORD}\n";
    private const string Pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";

    private readonly Dictionary<string, string> _settings = new() { ["USER"] = "u", ["PASSWORD"] = "s3cret", ["CA"] = Pem, ["KEY"] = "-----BEGIN PRIVATE KEY-----\nx", ["EMPTY"] = "", ["PROTOCOL"] = "SASL_SSL" };

    [Fact]
    public void A_plain_topic_is_brokers_and_a_topic()
    {
        var trigger = Read("");
        Assert.Equal(new Dictionary<string, string> { ["topic"] = "events", ["brokerList"] = "h:9071" }, trigger.Properties);
        Assert.Equal(("events", "serverless", null), (trigger.Topic, trigger.GroupId, trigger.LagThreshold));
    }

    [Fact]
    public void A_login_is_named_by_its_settings()
    {
        var properties = Read(Sasl + Login).Properties;
        Assert.Equal(("SaslSsl", "Plain", "USER", "PASSWORD"), (properties["protocol"], properties["authenticationMode"], properties["username"], properties["password"]));
    }

    [Fact]
    public void A_jaas_config_is_cut_into_its_settings()
    {
        var properties = Read(
            "properties.security.protocol = ${PROTOCOL}\nproperties.sasl.mechanism = SCRAM-SHA-256\n"
            + "properties.sasl.jaas.config = org.apache.kafka.common.security.scram.ScramLoginModule required username=\"${USER}\" password=\"${PASSWORD}\";").Properties;
        Assert.Equal(("SaslSsl", "ScramSha256", "USER", "PASSWORD"), (properties["protocol"], properties["authenticationMode"], properties["username"], properties["password"]));
    }

    [Fact]
    public void Without_a_protocol_that_logs_in_a_login_is_none_of_the_triggers()
    {
        var properties = Read("properties.security.protocol = PLAINTEXT\nproperties.sasl.mechanism = PLAIN\n" + Login).Properties;
        Assert.Equal(["brokerList", "topic"], properties.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Certificates_come_from_settings()
    {
        var properties = Read(
            "properties.security.protocol = SSL\nproperties.ssl.truststore.certificates = ${CA}\nproperties.ssl.keystore.key = ${KEY}\n"
            + "properties.ssl.keystore.certificate.chain = ${CA}\nproperties.ssl.key.password = ${PASSWORD}\nproperties.ssl.endpoint.identification.algorithm = https").Properties;
        Assert.Equal(
            ("Ssl", "CA", "KEY", "CA", "PASSWORD"),
            (properties["protocol"], properties["sslCaPEM"], properties["sslKeyPEM"], properties["sslCertificatePEM"], properties["sslKeyPassword"]));
    }

    [Fact]
    public void A_token_login_has_its_endpoint_and_its_client()
    {
        var properties = Read(
            "properties.security.protocol = SASL_SSL\nproperties.sasl.mechanism = OAUTHBEARER\nproperties.sasl.oauthbearer.method = oidc\nproperties.sasl.oauthbearer.client.id = ${USER}\n"
            + "properties.sasl.oauthbearer.client.secret = ${PASSWORD}\nproperties.sasl.oauthbearer.token.endpoint.url = https://login/${USER}\nproperties.sasl.oauthbearer.scope = a b").Properties;
        Assert.Equal(
            ("OAuthBearer", "Oidc", "USER", "PASSWORD", "https://login/%USER%", "a b"),
            (properties["authenticationMode"], properties["oAuthBearerMethod"], properties["oAuthBearerClientId"], properties["oAuthBearerClientSecret"], properties["oAuthBearerTokenEndpointUrl"], properties["oAuthBearerScope"]));
    }

    [Theory]
    [InlineData("properties.fetch.max.bytes = 5", "'properties.fetch.max.bytes' cannot be used: a trigger has no consumer settings of its own: remove it, and set 'extensions.kafka.fetchMaxBytes' in host.json")]
    [InlineData("properties.client.id = me", "'properties.client.id' cannot be used: a trigger has no consumer settings of its own: remove it")]
    [InlineData("scan.startup.mode = latest-offset", "is to be read from its end, and host.json's 'extensions.kafka.autoOffsetReset', which holds for all jobs of an app, is 'earliest'")]
    [InlineData("scan.startup.mode = timestamp\nscan.startup.timestamp-millis = 5", "'scan.startup.mode' = 'timestamp' cannot be used: a trigger starts at a topic's beginning or at its end")]
    [InlineData("properties.auto.offset.reset = none", "'properties.auto.offset.reset' = 'none' cannot be used")]
    [InlineData("scan.startup.mode = earliest-offset\nproperties.auto.offset.reset = latest", "'properties.auto.offset.reset' cannot be 'latest'")]
    [InlineData("properties.security.protocol = SSL\nproperties.ssl.truststore.location = /t.jks\nproperties.ssl.truststore.password = ${PASSWORD}", "serverless-sql truststore FILE")]
    [InlineData("properties.security.protocol = SSL\nproperties.ssl.keystore.location = /k.jks", "'properties.ssl.keystore.key' = '${NAME}'")]
    [InlineData("properties.security.protocol = SSL\nproperties.ssl.endpoint.identification.algorithm =", "a trigger always makes sure that a broker is the one its certificate names")]
    [InlineData("properties.security.protocol = SSL\nproperties.ssl.ca.pem = nothing", "'properties.ssl.ca.pem' holds no certificate")]
    [InlineData("properties.security.protocol = SSL\nproperties.ssl.key.pem = ${CA}", "convert it with 'openssl pkcs8 -topk8 -nocrypt'")]
    [InlineData(Sasl + "properties.sasl.username = joe\nproperties.sasl.password = ${PASSWORD}", "'properties.sasl.username' cannot be used: it must be exactly one '${NAME}'")]
    [InlineData(Sasl + "properties.sasl.username = ${USER}\nproperties.sasl.password = s3cret", "'properties.sasl.password' cannot be used: it must be exactly one '${NAME}'")]
    [InlineData(Sasl + "properties.sasl.username = ${USER}\nproperties.sasl.password = x${PASSWORD}", "put it into an app setting")]
    [InlineData(Sasl + "properties.sasl.username = ${USER}\nproperties.sasl.password = ${EMPTY}", "needs the setting 'EMPTY', which is empty")]
    [InlineData(Sasl + "properties.sasl.jaas.config = ${PASSWORD}", "write it out, with username=\"${NAME}\" password=\"${NAME}\"")]
    [InlineData(Sasl + "properties.sasl.jaas.config = a.PlainLoginModule required username=\"joe\" password=\"${PASSWORD}\";", "its username must be exactly one '${NAME}'")]
    [InlineData(Sasl + "properties.sasl.jaas.config = a.PlainLoginModule required username=\"${USER}\" password=\"s3cret\";", "its password must be exactly one '${NAME}'")]
    [InlineData(Sasl, "needs 'properties.sasl.username' and 'properties.sasl.password'")]
    [InlineData("properties.security.protocol = SASL_SSL", "needs 'properties.sasl.mechanism'")]
    [InlineData("properties.security.protocol = SASL_SSL\nproperties.sasl.mechanism = GSSAPI", "'properties.sasl.mechanism' cannot be used: a trigger logs in with PLAIN")]
    public void What_a_trigger_cannot_honour_is_an_error_with_the_remedy(string options, string error)
    {
        var diagnostics = Diagnose(options, out var trigger);
        Assert.Null(trigger);
        Assert.Contains(error, Assert.Single(diagnostics, d => d.Severity == Severity.Error).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(diagnostics, d => d.Message.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public void All_errors_come_in_one_go() =>
        Assert.Equal(3, Diagnose("properties.fetch.min.bytes = 1\nproperties.client.id = me\nscan.startup.mode = latest-offset", out _).Count);

    [Theory]
    [InlineData("properties.ssl.ca.location = /ca.pem", "its scaler does not and sees no lag")]
    [InlineData("properties.ssl.ca.pem = ${TWO}", "holds 2 certificates, of which a trigger takes the first")]
    public void What_may_not_be_meant_is_a_warning(string options, string warning)
    {
        _settings["TWO"] = Pem + Pem;
        var diagnostics = Diagnose("properties.security.protocol = SSL\n" + options, out var trigger);
        Assert.NotNull(trigger);
        Assert.Contains(warning, Assert.Single(diagnostics, d => d.Severity == Severity.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Brokers_and_topics_are_for_the_host_to_fill_in()
    {
        _settings["HOST"] = "broker";
        var trigger = Read("properties.group.id = ${USER}-team\nscale.lag-threshold = 250", "connector = kafka\ntopic = e-${USER}\nproperties.bootstrap.servers = ${HOST}:1,${HOST}:2\nformat = json\n");
        Assert.Equal(("%HOST%:1,%HOST%:2", "e-%USER%"), (trigger.Properties["brokerList"], trigger.Properties["topic"]));
        Assert.Equal(("e-u", "u-team", 250L), (trigger.Topic, trigger.GroupId, trigger.LagThreshold));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    public void A_lag_threshold_is_a_whole_number(string value) =>
        Assert.Equal("'scale.lag-threshold' must be a whole number of at least 1", Assert.Single(Tables.Check($"{Table}scale.lag-threshold = {value}", TableUse.Source, out _).All).Message);

    private KafkaTrigger Read(string options, string table = Table)
    {
        Assert.Empty(Diagnose(options, out var trigger, table));
        return trigger!;
    }

    private IReadOnlyList<Diagnostic> Diagnose(string options, out KafkaTrigger? trigger, string table = Table)
    {
        var diagnostics = new Diagnostics(new SourceText("t.sql", new string(' ', 200)));
        trigger = new KafkaTriggerReader(Tables.With(table + options), _settings.GetValueOrDefault, "earliest", diagnostics).Read();
        return diagnostics.All;
    }
}
