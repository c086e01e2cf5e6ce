using System.Globalization;
using Npgsql;

namespace Serverless.TestServers;

/// <summary>A PostgreSQL server, which stands for Hologres: its wire protocol and its SQL.</summary>
public sealed class PostgreSqlServer : TestServer
{
    /// <summary>Its user, who may do everything.</summary>
    public const string Username = "postgres";

    /// <summary>The user's password.</summary>
    public const string Password = "s3cret-pg";

    private readonly string[] _settings;
    private readonly ServerCertificate? _certificate;
    private string _bin = "";

    private PostgreSqlServer(string[] settings, ServerCertificate? certificate) => (_settings, _certificate) = (settings, certificate);

    /// <inheritdoc />
    protected override string User => "postgres";

    /// <summary>Makes and starts one.</summary>
    /// <param name="settings">Settings of the server beside its own, as in <c>max_connections=10</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="certificate">What it proves itself with where it offers TLS; null where it does not.</param>
    public static async Task<PostgreSqlServer> StartAsync(string[] settings, CancellationToken cancellationToken, ServerCertificate? certificate = null)
    {
        var server = new PostgreSqlServer(settings, certificate);
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>How to connect to a database of it.</summary>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = Host, Port = Port, Username = Username, Password = Password, Database = database, Pooling = false,
    }.ToString();

    /// <summary>Lets it present another certificate from now on.</summary>
    public async Task PresentAsync(ServerCertificate certificate, CancellationToken cancellationToken)
    {
        const string Loaded = "SELECT pg_conf_load_time()";
        await WriteAsync(certificate, cancellationToken);
        var before = await QueryAsync("postgres", Loaded, cancellationToken);
        await ExecuteAsync("postgres", "SELECT pg_reload_conf()", cancellationToken);
        // A new connection's is the whole server's.
        while ((await QueryAsync("postgres", Loaded, cancellationToken)).SequenceEqual(before))
            await Task.Delay(20, cancellationToken);
    }

    /// <summary>Makes an empty database.</summary>
    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken) => ExecuteAsync("postgres", $"CREATE DATABASE \"{name}\"", cancellationToken);

    /// <summary>Runs SQL in a database.</summary>
    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The rows of a query, values as text with <c> | </c> between, NULL as <c>NULL</c>.</summary>
    public async Task<string[]> QueryAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAsync(reader, cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _bin = Path.GetDirectoryName(await DebianPackage.FindOrInstallAsync("postgresql", Find, cancellationToken))!;
        if (_certificate is not null)
            await WriteAsync(_certificate, cancellationToken);
        var password = Path.Combine(Folder, "password");
        await File.WriteAllTextAsync(password, Password, cancellationToken);
        await RunAsync(
            [
                Path.Combine(_bin, "initdb"), "--no-sync", "--pgdata", Path.Combine(Folder, "data"), "--username", Username, "--pwfile", password,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
            ], cancellationToken);
    }

    /// <inheritdoc />
    protected override IEnumerable<string> CommandLine() =>
    [
        Path.Combine(_bin, "postgres"), "-D", Path.Combine(Folder, "data"), "-h", Host, "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", Folder,
        .. ((string[])["fsync=off", "shared_buffers=64MB", "autovacuum=off", .. TlsSettings, .. _settings]).SelectMany(s => (string[])["-c", s]),
    ];

    /// <inheritdoc />
    protected override async Task TryConnectAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync(cancellationToken);
    }

    private string CertificateFile => Path.Combine(Folder, "server.crt");

    private string KeyFile => Path.Combine(Folder, "server.key");

    private async Task WriteAsync(ServerCertificate certificate, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(CertificateFile, certificate.Certificate, cancellationToken);
        await File.WriteAllTextAsync(KeyFile, certificate.Key, cancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite); // or it will not be used
    }

    private string[] TlsSettings => _certificate is null ? [] : ["ssl=on", $"ssl_cert_file={CertificateFile}", $"ssl_key_file={KeyFile}"];

    private static string? Find() => DebianPackage.OnPath("postgres")
        ?? (Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin", "postgres")).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault()
            : null);
}
