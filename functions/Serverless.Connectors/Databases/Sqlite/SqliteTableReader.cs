using System.Globalization;
using Microsoft.Data.Sqlite;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Sqlite;

/// <summary>Reads a table of a SQLite file that another connection writes. A table that does not exist yet counts as empty.</summary>
/// <param name="path">The file.</param>
/// <param name="table">The table.</param>
internal sealed class SqliteTableReader(string path, TableDefinition table) : ITableReader
{
    private readonly SqliteSelect _select = new(table);
    private readonly string _connection = new SqliteConnectionStringBuilder
    {
        DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = (int)ReadLimits.Question.TotalSeconds,
    }.ToString();

    /// <inheritdoc />
    public async Task<TableRows> ReadAsync(TableQuery query, CancellationToken cancellationToken)
    {
        var rows = await AskAsync(_select.Rows(query), cancellationToken);
        return rows.Count > query.Limit ? new TableRows(rows[..query.Limit], HasMore: true) : new TableRows(rows, HasMore: false);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ValuesAsync(int column, int limit, CancellationToken cancellationToken) =>
        [.. (await AskAsync(_select.Values(column, limit), cancellationToken)).Select(r => r[0]!)];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<List<string?[]>> AskAsync(ReadStatement statement, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadLimits.Question);
        try
        {
            return await Task.Run(() => Ask(statement, limit.Token), cancellationToken);
        }
        catch (SqliteException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var message = $"cannot read table '{table.Name}' in '{path}': {e.Message}";
            throw e.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_INTERRUPT
                ? new SinkUnavailableException(message, e)
                : new ConnectorException(message, e);
        }
    }

    private List<string?[]> Ask(ReadStatement statement, CancellationToken limit)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        if (!Exists(connection))
            return [];
        connection.CreateCollation(SqliteSelect.Decimals, SqliteSelect.CompareDecimals);
        using var command = connection.CreateCommand();
        command.CommandText = statement.Text;
        for (var i = 0; i < statement.Values.Count; i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i}"), statement.Values[i]);
        // The client's own limit is for locks only.
        using var interrupting = limit.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle));
        using var reader = command.ExecuteReader();
        var rows = new List<string?[]>();
        while (reader.Read())
            rows.Add([.. statement.Columns.Select((column, i) => TextOf(table.Columns[column].Type, reader.GetValue(i)))]);
        return rows;
    }

    private bool Exists(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $name COLLATE NOCASE";
        command.Parameters.AddWithValue("$name", table.Name);
        return command.ExecuteScalar() is not null;
    }

    private static string? TextOf(SqlType type, object value) => value switch
    {
        DBNull => null,
        double number => ColumnText.Of(number),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        _ => ColumnText.Of(type, Convert.ToString(value, CultureInfo.InvariantCulture)!),
    };
}
