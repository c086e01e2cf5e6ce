using System.Globalization;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>Connections to MySQL or MariaDB that only read.</summary>
internal sealed class MySqlReading : IReading
{
    private readonly SinkTable _table;
    private readonly DatabaseAddress _address;
    private readonly MySqlDataSource _source;

    /// <summary>Makes them; nothing is connected yet.</summary>
    /// <param name="table">The table that is read.</param>
    /// <param name="address">Where it is.</param>
    public MySqlReading(SinkTable table, DatabaseAddress address)
    {
        (_table, _address) = (table, address);
        var settings = MySqlDatabase.Settings(_address);
        settings.Pooling = true;
        settings.MaximumPoolSize = ReadLimits.MostConnections;
        settings.ConnectionIdleTimeout = ReadLimits.IdleSeconds;
        // What a connection is told when it is new is to stay.
        settings.ConnectionReset = false;
        var builder = new MySqlDataSourceBuilder(settings.ConnectionString);
        if (MySqlDatabase.ValidationOf(_address) is { } validation)
            builder.UseRemoteCertificateValidationCallback(validation);
        _source = builder
            .UseConnectionOpenedCallback((context, cancellationToken) =>
                context.Conditions.HasFlag(MySqlConnectionOpenedConditions.New) ? LimitAsync(context.Connection, cancellationToken) : ValueTask.CompletedTask)
            .Build();
    }

    /// <inheritdoc />
    public async Task<List<string?[]>> ReadAsync(ReadStatement statement, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var command = new MySqlCommand(statement.Text, connection);
        foreach (var value in statement.Values)
            command.Parameters.Add(new MySqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. statement.Columns.Select((column, i) => reader.IsDBNull(i) ? null : TextOf(_table.Definition.Columns[column].Type, reader.GetValue(i)))]);
        return rows;
    }

    /// <inheritdoc />
    public DatabaseFailure Classify(Exception exception) => MySqlErrors.Classify(exception);

    /// <inheritdoc />
    public string Describe(Exception exception) => MySqlErrors.Describe(exception);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string TextOf(SqlType type, object value) => value switch
    {
        // A FLOAT's value, which became a double on its way.
        double number when type.Kind == SqlKind.Float => ColumnText.Of((float)number),
        double number => ColumnText.Of(number),
        _ => ColumnText.Of(type, Convert.ToString(value, CultureInfo.InvariantCulture)!),
    };

    // A server that has not one of these still has the others, and the client its own limit.
    private async ValueTask LimitAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        string[] limits =
        [
            "SET SESSION time_zone = '+00:00', autocommit = 1",
            "SET SESSION TRANSACTION READ ONLY",
            isMariaDb
                ? string.Create(CultureInfo.InvariantCulture, $"SET SESSION max_statement_time = {_address.StatementTimeout.TotalSeconds}")
                : string.Create(CultureInfo.InvariantCulture, $"SET SESSION max_execution_time = {(long)_address.StatementTimeout.TotalMilliseconds}"),
        ];
        foreach (var limit in limits)
        {
            try
            {
                await using var command = new MySqlCommand(limit, connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (MySqlException e) when (MySqlErrors.Classify(e) == DatabaseFailure.Setup)
            {
            }
        }
    }
}
