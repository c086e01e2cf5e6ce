using Microsoft.Data.Sqlite;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Sqlite;

/// <summary>
/// A table in a SQLite file, made where absent, named and with the columns as in the script. It stands in for a database sink where
/// there is no database. BOOLEAN and integers are INTEGER, FLOAT and DOUBLE are REAL, BYTES are BLOB; all else is TEXT, decimals with
/// every digit, dates and times as MySQL prints them (instants in UTC).
/// </summary>
/// <param name="file">The file; the caller's to dispose of.</param>
/// <param name="table">The table.</param>
/// <param name="maxRows">The most changes of one write.</param>
public sealed class SqliteSink(SqliteFile file, TableDefinition table, int maxRows = SqliteSink.DefaultMaxRows) : ISink
{
    /// <summary>The most changes of one write where the script does not say.</summary>
    public const int DefaultMaxRows = 10_000;

    private readonly SqliteTable _sql = new(table);

    /// <inheritdoc />
    public int MaxRows { get; } = maxRows;

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        _sql.Create(connection, file.Path);
        return true;
    }, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        file.UseAsync<IReadOnlyList<RefusedChange>>(connection => Write(connection, changes), cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<RefusedChange> Write(SqliteConnection connection, IReadOnlyList<RowChange> changes)
    {
        List<RefusedChange> refused = [];
        using var transaction = connection.BeginTransaction();
        using var upsert = Prepare(connection, transaction, _sql.UpsertSql, Enumerable.Range(0, _sql.ColumnCount));
        using var delete = Prepare(connection, transaction, _sql.DeleteSql, _sql.KeyIndices);
        foreach (var change in changes)
        {
            try
            {
                if (change.IsDelete)
                {
                    for (var i = 0; i < _sql.KeyIndices.Count; i++)
                        delete.Parameters[i].Value = ValueOf(change, _sql.KeyIndices[i]);
                    delete.ExecuteNonQuery();
                    continue;
                }
                for (var i = 0; i < _sql.ColumnCount; i++)
                    upsert.Parameters[i].Value = ValueOf(change, i);
                upsert.ExecuteNonQuery();
            }
            catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_MISMATCH)
            {
                // Such an error undoes its own statement and leaves the transaction.
                refused.Add(new RefusedChange(change, e.Message));
            }
        }
        transaction.Commit();
        return refused;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, SqliteTransaction transaction, string sql, IEnumerable<int> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var parameter in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${parameter}" });
        return command;
    }

    private object ValueOf(RowChange change, int column) => column == table.Columns.Count
        ? change.Key
        : change.Values[column] switch
        {
            null => DBNull.Value,
            bool value => value ? 1L : 0L,
            Number value => SqlText.Of(value, table.Columns[column].Type.Scale),
            DateOnly value => SqlText.Of(value),
            TimeOnly value => SqlText.Of(value, table.Columns[column].Type.Length),
            DateTime value => SqlText.Of(value, table.Columns[column].Type.Length),
            DateTimeOffset value => SqlText.Of(value, table.Columns[column].Type.Length),
            var value => value,
        };
}
