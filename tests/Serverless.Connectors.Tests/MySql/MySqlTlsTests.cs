using Serverless.Connectors.Databases.Common;

namespace Serverless.Connectors.Tests.MySql;

/// <summary>How a connection is protected, against a server with a certificate of an authority of its own.</summary>
public sealed class MySqlTlsTests(MariaDbFixture maria) : MySqlTest
{
    protected override Task<(MariaDbServer Server, string Database)> StartAsync() => maria.DatabaseAsync(Token);

    [Fact]
    public async Task A_connection_is_encrypted_as_far_as_it_is_to_be()
    {
        (TlsMode Tls, string? Authority, bool IsEncrypted)[] cases =
        [
            (TlsMode.None, null, false), (TlsMode.Preferred, null, true), (TlsMode.Required, null, true), (TlsMode.VerifyCa, maria.Authority, true),
            (TlsMode.VerifyFull, maria.Authority, true),
        ];
        await ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(90))");
        await ExecuteAsync("CREATE TRIGGER tell BEFORE INSERT ON t FOR EACH ROW SET NEW.name = (SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher')");
        foreach (var (tls, authority, isEncrypted) in cases)
        {
            var sink = await OpenAsync(Plain, Address with { Tls = tls, RootCertificate = authority });
            await WriteAsync(sink, Upsert(1, (long)tls, null));
            Assert.Equal(isEncrypted, (await QueryAsync($"SELECT name FROM t WHERE id = {(int)tls}"))[0].Length > 0);
        }
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_is_refused_where_it_is_looked_at()
    {
        await CreatePlainAsync();
        foreach (var tls in (TlsMode[])[TlsMode.VerifyCa, TlsMode.VerifyFull])
        {
            var error = await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(Plain, Address with { Tls = tls }));
            Assert.Contains(": if the certificate is right, name the file of its authority's (PEM) in 'connection.ssl.root-cert.location'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused_where_the_host_is_looked_at()
    {
        await CreatePlainAsync();
        // The certificate is that of 127.0.0.1.
        var address = Address with { Host = "localhost", RootCertificate = maria.Authority };

        await OpenAsync(Plain, address with { Tls = TlsMode.VerifyCa });

        await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(Plain, address with { Tls = TlsMode.VerifyFull }));
    }

    [Fact]
    public async Task A_file_of_certificates_that_is_not_there_is_named()
    {
        var error = await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync(Plain, Address with { Tls = TlsMode.VerifyCa, RootCertificate = "/no/such/ca.pem" }));

        Assert.Contains("/no/such/ca.pem", error.Message, StringComparison.Ordinal);
    }
}
