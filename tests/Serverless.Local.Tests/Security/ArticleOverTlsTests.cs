using System.Security.Cryptography.X509Certificates;
using Serverless.TestServers.Kafka;

namespace Serverless.Local.Tests.Security;

/// <summary>The article's two jobs on a cluster with TLS and users, as the article writes them.</summary>
public sealed class ArticleOverTlsTests(SecureKafka kafka) : IClassFixture<SecureKafka>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Both_jobs_run_as_written_over_SASL_SSL_with_PLAIN_a_JKS_truststore_and_JAAS()
    {
        var users = new BrokerUsers((SecureKafka.User, SecureKafka.Password));
        var brokers = kafka.Start(users);

        await RunAsync(script => script.At(brokers, kafka.Truststore, SecureKafka.User, SecureKafka.Password));

        Assert.InRange(users.Logins, 4, 40);
        Assert.Equal(0, users.Refusals);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task Both_jobs_run_with_SCRAM(string mechanism)
    {
        const string password = "c0mma,equals=and\u00e9";
        var brokers = kafka.Start(new BrokerSecurity
        {
            Certificate = kafka.Authority.Issue(TestServer.Host), Users = new BrokerUsers(("a=b,c", password)), Mechanisms = [mechanism],
        });

        await RunAsync(script => script.At(brokers, kafka.Truststore, "", "")
            .With("properties.sasl.mechanism", mechanism)
            .With("properties.sasl.jaas.config", $"org.apache.kafka.common.security.scram.ScramLoginModule required username=\"a=b,c\" password=\"{password}\";"));
    }

    [Fact]
    public async Task Both_jobs_run_with_a_certificate_instead_of_a_user()
    {
        using var client = kafka.Authority.Issue("client");
        await File.WriteAllBytesAsync(_folder["client.p12"], client.Export(X509ContentType.Pkcs12, JavaTruststore.Password)!, TestContext.Current.CancellationToken);
        var brokers = kafka.Start(new BrokerSecurity { Certificate = kafka.Authority.Issue(TestServer.Host), ClientAuthority = kafka.Authority.Certificate });

        await RunAsync(script => script.At(brokers, kafka.Truststore, "", "")
            .With("properties.security.protocol", "SSL").Without("properties.sasl.mechanism").Without("properties.sasl.jaas.config")
            .Add($"'properties.ssl.keystore.location' = '{_folder["client.p12"]}', 'properties.ssl.keystore.password' = '{JavaTruststore.Password}'"));
    }

    private async Task RunAsync(Func<ArticleScript, ArticleScript> fill)
    {
        var scripts = new[] { fill(ArticleScript.Recharge).WriteTo(_folder, "recharge.sql"), fill(ArticleScript.PvUv).WriteTo(_folder, "pvuv.sql") };

        var run = await Cli.RunAsync(["run", .. scripts, "--embedded-sinks", "--until-idle", "--state", _folder["state"]]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Results.ArticleConsume, Results.Query(_folder["state"], Results.Consume));
        Assert.Equal(Results.ArticlePvUv, Results.Query(_folder["state"], Results.PvUv));
        Assert.Empty(Results.Query(_folder["state"], Results.DeadLetters));
    }
}
