using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Serverless.Connectors.Kafka;

namespace Serverless.Connectors.Tests;

public sealed class KafkaSettingsTests : IDisposable
{
    private const string Table = "connector = kafka\ntopic = events\nproperties.bootstrap.servers = h:9071\nformat = json\n";
    private const string Sasl = "properties.security.protocol = SASL_SSL\n";
    private const string Jaas = "properties.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_articles_options_become_the_client_librarys()
    {
        var (certificate, _) = MakeCertificate("ca");
        SaveJks(_folder["truststore.jks"], certificate);
        var config = Settings($"""
            properties.group.id = gamegroup
            properties.ssl.truststore.location = {_folder["truststore.jks"]}
            properties.ssl.truststore.password = changeit
            properties.security.protocol = SASL_SSL
            properties.sasl.mechanism = PLAIN
            {Jaas}username="user" password="word";
            properties.ssl.endpoint.identification.algorithm =
            properties.fetch.max.wait.ms = 250
            properties.max.poll.records = 500
            """).ForConsumer("gamegroup-1");

        Assert.Equal("gamegroup-1", config.GroupId);
        Assert.Equal("h:9071", config.BootstrapServers);
        Assert.Equal(Confluent.Kafka.SecurityProtocol.SaslSsl, config.SecurityProtocol);
        Assert.Equal(Confluent.Kafka.SaslMechanism.Plain, config.SaslMechanism);
        Assert.Equal(("user", "word"), (config.SaslUsername, config.SaslPassword));
        Assert.Equal("none", config.Get("ssl.endpoint.identification.algorithm"));
        Assert.Equal(250, config.FetchWaitMaxMs);
        Assert.Equal(certificate.SubjectDN.ToString(), Certificates(config.SslCaPem).Single().SubjectDN.ToString());
        Assert.False(config.EnableAutoCommit);
    }

    [Theory]
    [InlineData("jks")]
    [InlineData("p12")]
    [InlineData("pem")]
    public void A_truststore_of_any_kind_loads_as_PEM(string kind)
    {
        var (first, _) = MakeCertificate("first");
        var (second, _) = MakeCertificate("second");
        var path = _folder["store." + kind];
        if (kind == "jks")
            SaveJks(path, first, second);
        else if (kind == "p12")
            SavePkcs12(path, first, second);
        else
            File.WriteAllText(path, $"# comment\n{new string(System.Security.Cryptography.PemEncoding.Write("CERTIFICATE", first.GetEncoded()))}\n{new string(System.Security.Cryptography.PemEncoding.Write("CERTIFICATE", second.GetEncoded()))}\n");

        var settings = Settings($"properties.security.protocol = SSL\nproperties.ssl.truststore.location = {path}\nproperties.ssl.truststore.password = changeit");

        Assert.Equal(2, Certificates(settings.ForConsumer("g").SslCaPem).Length);
        // librdkafka reads the PEM when a client is made.
        using var producer = new KafkaProducer(settings, new RecordingLogger());
    }

    [Fact]
    public void A_PKCS12_truststore_may_hold_certificates_without_a_name()
    {
        var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(MakeCertificate("ca").Certificate.GetEncoded());
        File.WriteAllBytes(_folder["nameless.p12"], certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12, "changeit")!);

        var config = Settings($"properties.ssl.truststore.location = {_folder["nameless.p12"]}\nproperties.ssl.truststore.password = changeit").ForConsumer("g");

        Assert.Single(Certificates(config.SslCaPem));
    }

    [Fact]
    public void A_keystore_becomes_key_and_certificate()
    {
        var (certificate, key) = MakeCertificate("client");
        var store = new Pkcs12StoreBuilder().Build();
        store.SetKeyEntry("me", new AsymmetricKeyEntry(key), [new X509CertificateEntry(certificate)]);
        using (var file = File.Create(_folder["client.p12"]))
            store.Save(file, "changeit".ToCharArray(), new SecureRandom());
        var jks = new JksStore();
        jks.SetKeyEntry("me", key, "keypass".ToCharArray(), [certificate]);
        using (var file = File.Create(_folder["client.jks"]))
            jks.Save(file, "changeit".ToCharArray());

        foreach (var options in new[] { $"{_folder["client.p12"]}", $"{_folder["client.jks"]}\nproperties.ssl.key.password = keypass" })
        {
            var config = Settings($"properties.security.protocol = SSL\nproperties.ssl.keystore.password = changeit\nproperties.ssl.keystore.location = {options}").ForConsumer("g");
            Assert.StartsWith("-----BEGIN PRIVATE KEY-----", config.SslKeyPem, StringComparison.Ordinal);
            Assert.Single(Certificates(config.SslCertificatePem));
        }
    }

    [Theory]
    [InlineData("jks")]
    [InlineData("p12")]
    public void A_wrong_truststore_password_is_an_error_without_the_password(string kind)
    {
        var path = _folder["store." + kind];
        if (kind == "jks")
            SaveJks(path, MakeCertificate("ca").Certificate);
        else
            SavePkcs12(path, MakeCertificate("ca").Certificate);

        var error = Assert.Throws<ConnectorException>(() => Settings($"properties.ssl.truststore.location = {path}\nproperties.ssl.truststore.password = hunter2"));

        Assert.Contains("the password is wrong, or the file is damaged", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_truststore_is_an_error_that_names_option_and_file()
    {
        var error = Assert.Throws<ConnectorException>(() => Settings("properties.ssl.truststore.location = /flink/usrlib/truststore.jks"));

        Assert.StartsWith("'properties.ssl.truststore.location': cannot read '/flink/usrlib/truststore.jks'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_from_settings_are_filled_in_after_the_jaas_text_is_cut_up()
    {
        var config = Settings(Sasl + Jaas + "username=\"${USER}\" password=\"${PW}\";").ForConsumer("g");

        Assert.Equal(("me", "a\";b\\"), (config.SaslUsername, config.SaslPassword));
        Assert.Equal(Confluent.Kafka.SaslMechanism.Plain, config.SaslMechanism);
    }

    [Theory]
    [InlineData("properties.security.protocol = PLAINTEXT\n")]
    [InlineData("properties.security.protocol = SSL\n")]
    [InlineData("")]
    public void Without_a_SASL_protocol_no_user_and_no_password_need_be_set(string protocol)
    {
        var config = Settings(protocol + "properties.sasl.mechanism = PLAIN\n" + Jaas + "username=\"${NONE}\" password=\"${NONE}\";").ForConsumer("g");

        Assert.Null(config.SaslMechanism);
        Assert.Null(config.SaslUsername);
    }

    [Fact]
    public void A_whole_jaas_text_may_come_from_a_setting()
    {
        var config = Settings(Sasl + "properties.sasl.jaas.config = ${JAAS}").ForConsumer("g");

        Assert.Equal(("u", "s3cret"), (config.SaslUsername, config.SaslPassword));
    }

    [Fact]
    public void No_secret_is_in_the_text_of_the_settings_or_of_errors()
    {
        var settings = Settings(Sasl + Jaas + "username=\"u\" password=\"s3cret\";\nproperties.ssl.key.password = hunter2\nproperties.client.rack = ${PW}");

        Assert.Equal("topic events of Kafka at h:9071 (sasl_ssl)", settings.ToString());
        Assert.Equal("bad *** and *** and ***", settings.Redact("bad s3cret and hunter2 and a\";b\\"));
        Assert.Equal("plain \"***\"", Settings(Sasl + Jaas + "username=\"u\" password=\"p\";").Redact("plain \"p\""));
    }

    [Theory]
    [InlineData(Sasl + "properties.sasl.mechanism = SCRAM-SHA-256\n" + Jaas + "username=\"u\" password=\"s3cret\";", "'properties.sasl.jaas.config' names PlainLoginModule, which does not go with 'properties.sasl.mechanism' = 'SCRAM-SHA-256'")]
    [InlineData(Sasl + Jaas + "username=\"u\" password=\"${NONE}\";", "option 'properties.sasl.jaas.config' needs the setting 'NONE', which is not set: set it as an environment variable (or an app setting), or write the value into the option")]
    public void Settings_that_do_not_go_together_are_an_error(string options, string message)
    {
        var error = Assert.Throws<ConnectorException>(() => Settings(options));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Brokers_from_an_empty_setting_are_an_error_that_names_it(string value)
    {
        var table = Tables.With(Table.Replace("h:9071", "${BROKERS}", StringComparison.Ordinal));
        var error = Assert.Throws<ConnectorException>(() => KafkaSettings.From(table, new Placeholders(_ => value)));
        Assert.Equal("option 'properties.bootstrap.servers' is empty: set 'BROKERS' to 'host:port', or to several with commas between", error.Message);
    }

    [Fact]
    public async Task A_value_the_client_library_refuses_is_an_error_without_secrets()
    {
        await using var source = new KafkaSource(Settings("properties.fetch.min.bytes = ${PW}"), "g", new RecordingLogger());

        var error = await Assert.ThrowsAsync<ConnectorException>(() => source.OpenAsync(TestContext.Current.CancellationToken));

        Assert.Contains("fetch.min.bytes", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a\";b\\", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_embedded_broker_needs_none_of_the_scripts_security()
    {
        var table = Tables.With(Table + Sasl + Jaas + "username=\"${NONE}\" password=\"${NONE}\";");

        var config = KafkaSettings.From(table, new Placeholders(_ => null), "127.0.0.1:1").ForConsumer("g");

        Assert.Equal("127.0.0.1:1", config.BootstrapServers);
        Assert.Null(config.SecurityProtocol);
    }

    private static KafkaSettings Settings(string options) => KafkaSettings.From(
        Tables.With(Table + options),
        new Placeholders(name => name switch
        {
            "USER" => "me",
            "PW" => "a\";b\\",
            "JAAS" => "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"s3cret\";",
            _ => null,
        }));

    private static X509Certificate[] Certificates(string pem) =>
        [.. new X509CertificateParser().ReadCertificates(System.Text.Encoding.UTF8.GetBytes(pem))];

    private static (X509Certificate Certificate, AsymmetricKeyParameter Key) MakeCertificate(string name)
    {
        var random = new SecureRandom();
        var keys = new ECKeyPairGenerator();
        keys.Init(new Org.BouncyCastle.Crypto.Parameters.ECKeyGenerationParameters(SecObjectIdentifiers.SecP256r1, random));
        var pair = keys.GenerateKeyPair();
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(BigInteger.One);
        generator.SetIssuerDN(new X509Name("CN=" + name));
        generator.SetSubjectDN(new X509Name("CN=" + name));
        generator.SetNotBefore(DateTime.UtcNow.AddDays(-1));
        generator.SetNotAfter(DateTime.UtcNow.AddDays(1));
        generator.SetPublicKey(pair.Public);
        return (generator.Generate(new Asn1SignatureFactory("SHA256withECDSA", pair.Private, random)), pair.Private);
    }

    private static void SaveJks(string path, params X509Certificate[] certificates)
    {
        var store = new JksStore();
        for (var i = 0; i < certificates.Length; i++)
            store.SetCertificateEntry($"ca{i}", certificates[i]);
        using var file = File.Create(path);
        store.Save(file, "changeit".ToCharArray());
    }

    private static void SavePkcs12(string path, params X509Certificate[] certificates)
    {
        var store = new Pkcs12StoreBuilder().Build();
        for (var i = 0; i < certificates.Length; i++)
            store.SetCertificateEntry($"ca{i}", new X509CertificateEntry(certificates[i]));
        using var file = File.Create(path);
        store.Save(file, "changeit".ToCharArray(), new SecureRandom());
    }
}
