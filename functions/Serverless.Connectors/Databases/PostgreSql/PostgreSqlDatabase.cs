using System.Data;
using Npgsql;
using NpgsqlTypes;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Hologres;
using Serverless.Engine.State;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>A connection to PostgreSQL, or to Hologres, which speaks its protocol and its SQL.</summary>
/// <param name="table">The table.</param>
/// <param name="address">Where it is.</param>
internal sealed class PostgreSqlDatabase(SinkTable table, DatabaseAddress address) : IDatabase
{
    // So that the server is first to give up a statement, and says so.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly PostgreSqlStatements _sql = new(table);
    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _connection;

    /// <inheritdoc />
    public bool IsConnected => _connection is { State: ConnectionState.Open };

    /// <inheritdoc />
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await DisconnectAsync();
        _source ??= Source(address);
        var connection = _source.CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken);
            await LimitStatementsAsync(connection, cancellationToken);
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
    public Task<ActualTable?> InspectAsync(CancellationToken cancellationToken) => PostgreSqlCatalog.ReadAsync(Connected, table, cancellationToken);

    /// <inheritdoc />
    public async Task CreateAsync(Dialect dialect, CancellationToken cancellationToken)
    {
        // In Hologres' place there may be a PostgreSQL server, which does not have what says how a table is stored.
        if (dialect is HologresDialect && !await PostgreSqlCatalog.HasTablePropertiesAsync(Connected, cancellationToken))
            dialect = new PostgreSqlDialect();
        await using var command = new NpgsqlCommand(dialect.CreateTable(table), Connected);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task UpsertAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken)
    {
        var parameters = ArraysOf(rows, Enumerable.Range(0, table.Definition.Columns.Count));
        if (table.CheckAndPut?.NullAs is { } nullAs)
            parameters.Add(nullAs);
        return ExecuteAsync(_sql.Upsert, parameters, cancellationToken);
    }

    /// <inheritdoc />
    public Task DeleteAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken) =>
        ExecuteAsync(_sql.Delete, ArraysOf(rows, table.Definition.PrimaryKey), cancellationToken);

    /// <inheritdoc />
    public DatabaseFailure Classify(Exception exception) => PostgreSqlErrors.Classify(exception);

    /// <inheritdoc />
    public string Describe(Exception exception) => PostgreSqlErrors.Describe(exception, table, address);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        if (_source is not null)
            await _source.DisposeAsync();
    }

    private NpgsqlConnection Connected => _connection ?? throw new InvalidOperationException("there is no connection");

    // Hologres has not all of the catalogs that the client would look into for types; those here are the built-in ones.
    private static NpgsqlDataSource Source(DatabaseAddress address) =>
        new NpgsqlDataSourceBuilder(Settings(address).ToString()).ConfigureTypeLoading(types => types.EnableTypeLoading(false)).Build();

    /// <summary>How the driver is told of a database.</summary>
    internal static NpgsqlConnectionStringBuilder Settings(DatabaseAddress address) => new()
    {
        Host = address.Host,
        Port = address.Port,
        Database = address.Database,
        Username = address.Username,
        Password = address.Password,
        ApplicationName = "serverless-sql",
        NoResetOnClose = true,
        Pooling = false,
        Timezone = "UTC",
        Timeout = Seconds(address.ConnectTimeout),
        CommandTimeout = Seconds(address.StatementTimeout + Grace),
        // Networks forget silent connections.
        TcpKeepAlive = true,
        TcpKeepAliveTime = 60,
        IncludeErrorDetail = true,
        GssEncryptionMode = GssEncryptionMode.Disable,
        RootCertificate = address.RootCertificate,
        SslMode = address.Tls switch
        {
            TlsMode.None => SslMode.Disable,
            TlsMode.Preferred => SslMode.Prefer,
            TlsMode.Required => SslMode.Require,
            TlsMode.VerifyCa => SslMode.VerifyCA,
            _ => SslMode.VerifyFull,
        },
    };

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    // Where a pooler or a server does not let us, the client's own limit is left.
    private async Task LimitStatementsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(FormattableString.Invariant($"SET statement_timeout = {(long)address.StatementTimeout.TotalMilliseconds}"), connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (PostgreSqlErrors.Classify(e) is DatabaseFailure.Setup or DatabaseFailure.Rows)
        {
        }
    }

    private List<string> ArraysOf(IReadOnlyList<RowChange> rows, IEnumerable<int> columns)
    {
        var arrays = new List<string>();
        foreach (var column in columns)
        {
            var array = new ArrayText(table.Definition.Columns[column].Type, table.RemovesNul);
            foreach (var row in rows)
                array.Add(row.Values[column]);
            arrays.Add(array.ToString());
        }
        if (table.VersionColumn is not null)
            arrays.Add($"{{{string.Join(',', rows.Select(table.StampOf))}}}");
        return arrays;
    }

    private async Task ExecuteAsync(string sql, List<string> parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, Connected);
        // The statement says each one's type.
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter, NpgsqlDbType = NpgsqlDbType.Unknown });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
