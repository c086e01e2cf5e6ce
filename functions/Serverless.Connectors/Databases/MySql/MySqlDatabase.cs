using System.Globalization;
using System.Net.Security;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.State;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>A connection to MySQL, MariaDB or what speaks their protocol, which writes one table.</summary>
/// <param name="table">The table.</param>
/// <param name="address">The database.</param>
internal sealed class MySqlDatabase(SinkTable table, DatabaseAddress address) : IDatabase
{
    private readonly MySqlStatements _statements = new(table);
    private MySqlConnection? _connection;
    private long _maxBytes = long.MaxValue;

    /// <inheritdoc />
    public bool IsConnected => _connection is { State: System.Data.ConnectionState.Open };

    /// <inheritdoc />
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await DisconnectAsync();
        var connection = new MySqlConnection(Settings(address).ConnectionString) { RemoteCertificateValidationCallback = ValidationOf(address) };
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var session = new MySqlCommand(Session, connection);
            await session.ExecuteNonQueryAsync(cancellationToken);
            await using var packet = new MySqlCommand("SELECT @@max_allowed_packet", connection);
            _maxBytes = Convert.ToInt64(await packet.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        _connection = connection;
    }

    /// <inheritdoc />
    public async Task DisconnectAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        await connection.DisposeAsync();
    }

    /// <inheritdoc />
    public Task<ActualTable?> InspectAsync(CancellationToken cancellationToken) => MySqlCatalog.ReadAsync(Connected, table, cancellationToken);

    /// <inheritdoc />
    public Task CreateAsync(Dialect dialect, CancellationToken cancellationToken) =>
        ExecuteAsync(new MySqlDialect(MySqlCatalog.FlavourOf(Connected.ServerVersion)).CreateTable(table), cancellationToken);

    /// <inheritdoc />
    public async Task UpsertAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken)
    {
        if (rows.Count > 0)
        {
            await ExecuteAsync(_statements.Upsert(rows), cancellationToken);
            return;
        }
        await ExecuteAsync(_statements.UpsertProbe, cancellationToken);
        if (table.Deletes == DeleteStrategy.Delete && table.Definition.PrimaryKey.Count > 0)
            await ExecuteAsync(_statements.DeleteProbe, cancellationToken);
    }

    /// <inheritdoc />
    public async Task DeleteAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken)
    {
        if (rows.Count > 0 && _statements.Delete(rows) is { } statement)
            await ExecuteAsync(statement, cancellationToken);
    }

    /// <inheritdoc />
    public DatabaseFailure Classify(Exception exception) => MySqlErrors.Classify(exception);

    /// <inheritdoc />
    public string Describe(Exception exception) => MySqlErrors.Describe(exception);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await DisconnectAsync();

    /// <summary>How the driver is told of a database.</summary>
    internal static MySqlConnectionStringBuilder Settings(DatabaseAddress address) => new()
    {
        Server = address.Host,
        Port = (uint)address.Port,
        Database = address.Database,
        UserID = address.Username,
        Password = address.Password,
        ApplicationName = "Serverless",
        Pooling = false,
        CharacterSet = "utf8mb4",
        GuidFormat = MySqlGuidFormat.None,
        TreatTinyAsBoolean = false,
        AllowPublicKeyRetrieval = address.AllowsPublicKeyRetrieval,
        ServerRedirectionMode = MySqlServerRedirectionMode.Disabled,
        ConnectionTimeout = Seconds(address.ConnectTimeout),
        DefaultCommandTimeout = Seconds(address.StatementTimeout),
        // So that what drops idle connections on the way does not.
        Keepalive = 60,
        SslMode = address.Tls switch
        {
            TlsMode.None => MySqlSslMode.None,
            TlsMode.Preferred => MySqlSslMode.Preferred,
            TlsMode.Required => MySqlSslMode.Required,
            // Of authorities in a file the driver compares the names alone: see ValidationOf.
            _ when address.RootCertificate is not null => MySqlSslMode.Required,
            TlsMode.VerifyCa => MySqlSslMode.VerifyCA,
            _ => MySqlSslMode.VerifyFull,
        },
    };

    /// <summary>What the driver is to ask of a server's certificate; null if it goes by the system's authorities, or by nothing.</summary>
    internal static RemoteCertificateValidationCallback? ValidationOf(DatabaseAddress address)
    {
        if (address is not { Tls: >= TlsMode.VerifyCa, RootCertificate: { } file })
            return null;
        var trusted = new TrustedAuthorities(file, checksHost: address.Tls == TlsMode.VerifyFull);
        return (_, certificate, presented, errors) => trusted.Validate(certificate, presented, errors);
    }

    private MySqlConnection Connected => _connection ?? throw new InvalidOperationException("there is no connection");

    // Whatever the server's settings: a value that does not fit is refused and not cut off, a TIMESTAMP is UTC, 0 is 0 in an AUTO_INCREMENT
    // column, each statement is its own transaction, and a lock is given up before the statement is.
    private string Session
    {
        get
        {
            var wait = Math.Max(1, Seconds(address.StatementTimeout) / 2);
            return "SET SESSION time_zone = '+00:00', "
                + "sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', "
                + string.Create(CultureInfo.InvariantCulture, $"autocommit = 1, innodb_lock_wait_timeout = {wait}, lock_wait_timeout = {wait}");
        }
    }

    private static uint Seconds(TimeSpan time) => (uint)Math.Max(1, Math.Ceiling(time.TotalSeconds));

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(new MySqlStatement().Add(sql), cancellationToken);

    private async Task ExecuteAsync(MySqlStatement statement, CancellationToken cancellationToken)
    {
        // The server would hang up, and one could not tell why.
        if (statement.Bytes > _maxBytes)
            throw new MySqlTooLargeException(statement.Bytes, _maxBytes);
        // An error may have cost the connection and not the statement.
        if (!IsConnected)
            await ConnectAsync(cancellationToken);
        await using var command = new MySqlCommand(statement.Text, Connected);
        foreach (var value in statement.Values)
            command.Parameters.Add(new MySqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
