using System.Globalization;
using MySqlConnector;

namespace Serverless.TestServers;

/// <summary>A MariaDB server, which stands for RDS for MySQL.</summary>
public sealed class MariaDbServer : TestServer
{
    /// <summary>Its user, who may do everything.</summary>
    public const string Username = "admin";

    /// <summary>The user's password.</summary>
    public const string Password = "s3cret-my";

    private readonly string[] _settings;
    private readonly ServerCertificate? _certificate;
    private string _program = "";

    private MariaDbServer(string[] settings, ServerCertificate? certificate) => (_settings, _certificate) = (settings, certificate);

    /// <inheritdoc />
    protected override string User => "mysql";

    /// <inheritdoc />
    protected override string StopSignal => "TERM";

    /// <summary>Makes and starts one.</summary>
    /// <param name="settings">Settings of the server beside its own, as in <c>max_connections=10</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="certificate">Its certificate; without one it has no TLS.</param>
    public static async Task<MariaDbServer> StartAsync(string[] settings, CancellationToken cancellationToken, ServerCertificate? certificate = null)
    {
        var server = new MariaDbServer(settings, certificate);
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>How to connect to a database of it; without one where it is empty.</summary>
    public string ConnectionString(string database = "") => new MySqlConnectionStringBuilder
    {
        Server = Host, Port = (uint)Port, UserID = Username, Password = Password, Database = database, Pooling = false, SslMode = MySqlSslMode.None,
    }.ToString();

    /// <summary>Lets it present another certificate from now on.</summary>
    public async Task PresentAsync(ServerCertificate certificate, CancellationToken cancellationToken)
    {
        await WriteAsync(certificate, cancellationToken);
        await ExecuteAsync("", "FLUSH SSL", cancellationToken);
    }

    /// <summary>Makes an empty database.</summary>
    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken) =>
        ExecuteAsync("", $"CREATE DATABASE `{name}` CHARACTER SET utf8mb4", cancellationToken);

    /// <summary>Runs SQL in a database.</summary>
    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The rows of a query, values as text with <c> | </c> between, NULL as <c>NULL</c>.</summary>
    public async Task<string[]> QueryAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await Rows.ReadAsync(reader, cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (_certificate is not null)
            await WriteAsync(_certificate, cancellationToken);
        _program = await DebianPackage.FindOrInstallAsync("mariadb-server", () => DebianPackage.OnPath("mariadbd"), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, "init.sql"), $"CREATE USER IF NOT EXISTS '{Username}'@'%' IDENTIFIED BY '{Password}';\nGRANT ALL ON *.* TO '{Username}'@'%' WITH GRANT OPTION;\n", cancellationToken);
        await RunAsync(
            [
                DebianPackage.OnPath("mariadb-install-db")!, "--no-defaults", $"--datadir={Path.Combine(Folder, "data")}", "--auth-root-authentication-method=normal",
                "--skip-test-db", "--innodb-log-file-size=16M",
            ], cancellationToken);
    }

    /// <inheritdoc />
    protected override IEnumerable<string> CommandLine() =>
    // Commits outlive the server, if not the machine.
    [
        _program, "--no-defaults", $"--datadir={Path.Combine(Folder, "data")}", $"--bind-address={Host}", $"--port={Port.ToString(CultureInfo.InvariantCulture)}",
        $"--socket={Path.Combine(Folder, "s")}", $"--pid-file={Path.Combine(Folder, "pid")}", $"--init-file={Path.Combine(Folder, "init.sql")}",
        "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", "--skip-log-bin", .. TlsSettings, .. _settings.Select(s => $"--{s}"),
    ];

    private string CertificateFile => Path.Combine(Folder, "server.crt");

    private string KeyFile => Path.Combine(Folder, "server.key");

    private string[] TlsSettings => _certificate is null ? [] : [$"--ssl-cert={CertificateFile}", $"--ssl-key={KeyFile}"];

    private async Task WriteAsync(ServerCertificate certificate, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(CertificateFile, certificate.Certificate, cancellationToken);
        await File.WriteAllTextAsync(KeyFile, certificate.Key, cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task TryConnectAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(ConnectionString());
        await connection.OpenAsync(cancellationToken);
    }
}
