using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests;

/// <summary>What <c>check</c> says of logins and TLS. Brokers and topic are options 0 to 3, so the first option of a case is number 4.</summary>
public sealed class KafkaSecurityChecksTests
{
    private const string Kafka = "connector = kafka\ntopic = events\nproperties.bootstrap.servers = kafka.example:9092\nformat = json\n";
    private const string SaslSsl = "properties.security.protocol = SASL_SSL\n";
    private const string Plain = "properties.sasl.mechanism = PLAIN\nproperties.sasl.jaas.config = a.PlainLoginModule required username=\"${U}\" password=\"${P}\";\n";
    private const string Oidc = "properties.sasl.mechanism = OAUTHBEARER\nproperties.sasl.oauthbearer.method = oidc\n";
    private const string OidcNeeds = "'properties.sasl.oauthbearer.method' = 'oidc', with 'properties.sasl.oauthbearer.client.id', 'properties.sasl.oauthbearer.client.secret' and 'properties.sasl.oauthbearer.token.endpoint.url'";

    [Theory]
    [InlineData("")]
    [InlineData("properties.security.protocol = PLAINTEXT")]
    [InlineData("properties.security.protocol = ${PROTOCOL}\n" + Plain)]
    [InlineData(SaslSsl + Plain + "properties.ssl.truststore.location = /flink/usrlib/truststore.jks\nproperties.ssl.truststore.password = ${T}")]
    [InlineData(SaslSsl + "properties.sasl.jaas.config = ${JAAS}")]
    [InlineData(SaslSsl + "properties.sasl.mechanism = ${M}")]
    [InlineData(SaslSsl + "properties.sasl.mechanism = SCRAM-SHA-512\nproperties.sasl.username = ${U}\nproperties.sasl.password = ${P}")]
    [InlineData(SaslSsl + Oidc + "properties.sasl.oauthbearer.client.id = ${I}\nproperties.sasl.oauthbearer.client.secret = ${S}\nproperties.sasl.oauthbearer.token.endpoint.url = https://id.example/token")]
    [InlineData("properties.security.protocol = SSL\nproperties.enable.ssl.certificate.verification = true\nproperties.ssl.endpoint.identification.algorithm = https")]
    [InlineData("properties.security.protocol = PLAINTEXT\nproperties.ssl.endpoint.identification.algorithm =")]
    public void What_is_safe_or_not_known_has_nothing_said_of_it(string options) => Assert.Empty(Tables.Check(Kafka + options, TableUse.Source, out _).All);

    [Theory]
    [InlineData(
        "properties.security.protocol = SSL\nproperties.enable.ssl.certificate.verification = false", 5,
        "'properties.enable.ssl.certificate.verification' = 'false' takes anyone for the brokers: who is in between reads the password and every record; remove it, and name the authority of the brokers' certificates with 'properties.ssl.truststore.location' or 'properties.ssl.ca.location'")]
    [InlineData(
        "properties.security.protocol = ${PROTOCOL}\nproperties.ssl.endpoint.identification.algorithm =", 5,
        "'properties.ssl.endpoint.identification.algorithm' = '' takes any host with a certificate of a trusted authority for the brokers; remove it, and have the brokers' certificates made out to the names that clients use")]
    [InlineData("properties.security.protocol = SASL_PLAINTEXT\n" + Plain, 4, "'properties.security.protocol' = 'SASL_PLAINTEXT' sends the password and every record in clear text; use 'SASL_SSL', at the brokers' port for it")]
    [InlineData(
        "properties.security.protocol = SASL_PLAINTEXT\nproperties.sasl.mechanism = SCRAM-SHA-256\nproperties.sasl.username = ${U}\nproperties.sasl.password = ${P}", 4,
        "'properties.security.protocol' = 'SASL_PLAINTEXT' sends every record in clear text; use 'SASL_SSL', at the brokers' port for it")]
    [InlineData(SaslSsl + "properties.sasl.mechanism = OAUTHBEARER\nproperties.enable.sasl.oauthbearer.unsecure.jwt = true", 6, "'properties.enable.sasl.oauthbearer.unsecure.jwt' = 'true' logs in with a token that anyone can make; use " + OidcNeeds)]
    public void What_turns_verification_off_or_shows_a_login_is_a_warning_at_its_place_with_what_to_write_instead(string options, int place, string message)
    {
        var said = Assert.Single(Tables.Check(Kafka + options, TableUse.Source, out _).All);

        Assert.Equal((Severity.Warning, place * 2 + 2, message), (said.Severity, said.Span.Start, said.Message));
    }

    [Fact]
    public void A_login_in_clear_text_stays_on_this_machine_if_the_brokers_do() =>
        Assert.Empty(Tables.Check(Kafka.Replace("kafka.example:9092", "localhost:9092, 127.0.0.1:9093,[::1]:9094", StringComparison.Ordinal) + "properties.security.protocol = SASL_PLAINTEXT\n" + Plain, TableUse.Source, out _).All);

    [Theory]
    [InlineData(SaslSsl, 4, "'properties.security.protocol' = 'SASL_SSL' needs 'properties.sasl.mechanism': 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512' or 'OAUTHBEARER'")]
    [InlineData(SaslSsl + "properties.sasl.mechanism = KERBEROS", 5, "'properties.sasl.mechanism' must be 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER' or 'GSSAPI'")]
    [InlineData(SaslSsl + "properties.sasl.mechanism = PLAIN", 5, "'properties.sasl.mechanism' = 'PLAIN' needs the option 'properties.sasl.jaas.config', or 'properties.sasl.username' and 'properties.sasl.password'")]
    [InlineData(SaslSsl + "properties.sasl.jaas.config = a.ScramLoginModule required username=\"${U}\" password=\"${P}\";", 5, "'properties.sasl.jaas.config' names ScramLoginModule: set 'properties.sasl.mechanism' to 'SCRAM-SHA-256' or 'SCRAM-SHA-512'")]
    [InlineData(
        SaslSsl + "properties.sasl.mechanism = SCRAM-SHA-256\nproperties.sasl.jaas.config = a.PlainLoginModule required username=\"${U}\" password=\"${P}\";", 6,
        "'properties.sasl.jaas.config' names PlainLoginModule, which does not go with 'properties.sasl.mechanism' = 'SCRAM-SHA-256'")]
    [InlineData(SaslSsl + "properties.sasl.mechanism = OAUTHBEARER", 5, "'properties.sasl.mechanism' = 'OAUTHBEARER' has no token to log in with: set " + OidcNeeds)]
    [InlineData(
        SaslSsl + Oidc + "properties.sasl.oauthbearer.client.id = ${I}\nproperties.sasl.oauthbearer.client.secret = ${S}", 6,
        "'properties.sasl.oauthbearer.method' = 'oidc' needs the option 'properties.sasl.oauthbearer.token.endpoint.url'")]
    public void A_login_that_cannot_work_is_an_error_at_its_place(string options, int place, string message)
    {
        var said = Assert.Single(Tables.Check(Kafka + options, TableUse.Source, out _).All);

        Assert.Equal((Severity.Error, place * 2 + 2, message), (said.Severity, said.Span.Start, said.Message));
    }

    [Fact]
    public void Kerberos_is_refused_where_the_client_library_lacks_it()
    {
        var said = Tables.Check(Kafka + SaslSsl + "properties.sasl.mechanism = GSSAPI", TableUse.Source, out _).All;

        if (ClientLibrary.Has(ClientLibrary.Kerberos))
            Assert.Empty(said);
        else
            Assert.StartsWith("'properties.sasl.mechanism' cannot be 'GSSAPI' on this machine: its build of the Kafka client library has no Kerberos; use 'PLAIN'", Assert.Single(said).Message, StringComparison.Ordinal);
    }
}
