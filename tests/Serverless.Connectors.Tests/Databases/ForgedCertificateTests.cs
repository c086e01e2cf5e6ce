using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Tests.MySql;
using Serverless.Connectors.Tests.PostgreSql;

namespace Serverless.Connectors.Tests.Databases;

/// <summary>Whoever is in between has a certificate, and a real server presents it: neither a row nor what proves the password may reach it.</summary>
public sealed class ForgedCertificateTests : IDisposable
{
    private readonly CertificateAuthority _authority = new();
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task MySQL_and_RDS_take_no_forged_certificate()
    {
        await using var server = await MariaDbServer.StartAsync([], Token, Honest);
        await server.CreateDatabaseAsync("db", Token);
        await server.ExecuteAsync("db", "CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20)) CHARACTER SET utf8mb4", Token);
        var address = new DatabaseAddress(TestServer.Host, server.Port, "db", MariaDbServer.Username, MariaDbServer.Password, TlsMode.VerifyFull);

        await OnlyTheHonestAsync(
            server.PresentAsync,
            (tls, root) => new DatabaseTarget(MySqlTest.Plain, address with { Tls = tls, RootCertificate = root }, new MySqlDialect(), () => new MySqlDatabase(MySqlTest.Plain, address with { Tls = tls, RootCertificate = root })));
    }

    [Fact]
    public async Task Hologres_and_PostgreSQL_take_no_forged_certificate()
    {
        await using var server = await PostgreSqlServer.StartAsync([], Token, Honest);
        await server.ExecuteAsync("postgres", "CREATE TABLE t (k varchar(10) PRIMARY KEY, n bigint)", Token);
        var address = PostgreSqlTest.AddressOf(server);

        await OnlyTheHonestAsync(
            server.PresentAsync,
            (tls, root) => new DatabaseTarget(
                PostgreSqlTest.Plain, address with { Tls = tls, RootCertificate = root }, new PostgreSqlDialect(), () => new PostgreSqlDatabase(PostgreSqlTest.Plain, address with { Tls = tls, RootCertificate = root })));
    }

    private ServerCertificate Honest => _authority.Sign(TestServer.Host, purpose: CertificateAuthority.ServerAuthentication);

    private async Task OnlyTheHonestAsync(Func<ServerCertificate, CancellationToken, Task> present, Func<TlsMode, string?, DatabaseTarget> target)
    {
        using var impostor = new CertificateAuthority();
        using var usurper = _authority.Usurper();
        var root = _folder.Write("ca.pem", _authority.Pem);
        (string Name, ServerCertificate Certificate)[] forged =
        [
            ("an authority of the same name", impostor.Sign(TestServer.Host)),
            ("an authority of the same name, which is presented", WithAuthority(impostor.Sign(TestServer.Host))),
            ("the holder of an ordinary certificate", usurper.Sign(TestServer.Host)),
            ("expired", _authority.Sign(TestServer.Host, DateTimeOffset.Parse("2024-01-01T00:00:00Z"), DateTimeOffset.Parse("2024-12-31T00:00:00Z"))),
            ("for clients", _authority.Sign(TestServer.Host, purpose: CertificateAuthority.ClientAuthentication)),
        ];

        foreach (var (name, certificate) in forged)
        {
            await present(certificate, Token);
            foreach (var tls in (TlsMode[])[TlsMode.VerifyCa, TlsMode.VerifyFull])
            {
                await using var sink = target(tls, root).CreateSink(NullLogger.Instance);
                var error = await Assert.ThrowsAsync<ConnectorException>(() => sink.OpenAsync(Token));
                Assert.True(error.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase), $"{name}, {tls}: {error.Message}");
            }
        }

        static ServerCertificate WithAuthority(ServerCertificate certificate) => certificate with { Certificate = $"{certificate.Certificate}\n{certificate.Authority}" };

        // What is trusted is.
        foreach (var honest in (ServerCertificate[])[Honest, _authority.Sign(TestServer.Host)])
        {
            await present(honest, Token);
            foreach (var tls in (TlsMode[])[TlsMode.VerifyCa, TlsMode.VerifyFull])
            {
                await using var sink = target(tls, root).CreateSink(NullLogger.Instance);
                await sink.OpenAsync(Token);
            }
        }
    }
}
