using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>Connections to PostgreSQL or Hologres that only read.</summary>
internal sealed class PostgreSqlReading : IReading
{
    // So that the server is first to give up a statement, and says so.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly SinkTable _table;
    private readonly DatabaseAddress _address;
    private readonly NpgsqlDataSource _source;

    /// <summary>Makes them; nothing is connected yet.</summary>
    /// <param name="table">The table that is read.</param>
    /// <param name="address">Where it is.</param>
    public PostgreSqlReading(SinkTable table, DatabaseAddress address)
    {
        (_table, _address) = (table, address);
        var settings = PostgreSqlDatabase.Settings(_address);
        settings.Pooling = true;
        settings.MaxPoolSize = ReadLimits.MostConnections;
        settings.ConnectionIdleLifetime = ReadLimits.IdleSeconds;
        settings.CommandTimeout = (int)(_address.StatementTimeout + Grace).TotalSeconds;
        var builder = new NpgsqlDataSourceBuilder(settings.ToString()).ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.UsePhysicalConnectionInitializer(Limit, LimitAsync);
        _source = builder.Build();
    }

    /// <inheritdoc />
    public async Task<List<string?[]>> ReadAsync(ReadStatement statement, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(statement.Text);
        // The statement says each one's type.
        foreach (var value in statement.Values)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = (string)value, NpgsqlDbType = NpgsqlDbType.Unknown });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. statement.Columns.Select((column, i) => reader.IsDBNull(i) ? null : TextOf(_table.Definition.Columns[column].Type, reader, i))]);
        return rows;
    }

    /// <inheritdoc />
    public DatabaseFailure Classify(Exception exception) => PostgreSqlErrors.Classify(exception);

    /// <inheritdoc />
    public string Describe(Exception exception) => PostgreSqlErrors.Describe(exception, _table, _address);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string TextOf(SqlType type, NpgsqlDataReader reader, int column) => type.Kind switch
    {
        SqlKind.Float => ColumnText.Of(reader.GetFloat(column)),
        SqlKind.Double => ColumnText.Of(reader.GetDouble(column)),
        _ => ColumnText.Of(type, reader.GetString(column)),
    };

    private string[] Limits =>
    [
        "SET default_transaction_read_only = on",
        string.Create(CultureInfo.InvariantCulture, $"SET statement_timeout = {(long)_address.StatementTimeout.TotalMilliseconds}"),
    ];

    private void Limit(NpgsqlConnection connection) => throw new NotSupportedException("connections are opened asynchronously");

    // Where a pooler or a server does not let us, our statements still only read, and the client's own limit is left.
    private async Task LimitAsync(NpgsqlConnection connection)
    {
        foreach (var limit in Limits)
        {
            try
            {
                await using var command = new NpgsqlCommand(limit, connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (PostgresException e) when (PostgreSqlErrors.Classify(e) is DatabaseFailure.Setup or DatabaseFailure.Rows)
            {
            }
        }
    }
}
