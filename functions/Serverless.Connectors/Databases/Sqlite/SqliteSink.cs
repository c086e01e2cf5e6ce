using Microsoft.Data.Sqlite;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Sqlite;

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

    private SqliteTable Sql => field ??= new(table, IgnoresNull);

    /// <summary>What becomes of rows that the query no longer has.</summary>
    internal DeleteStrategy Deletes { get; init; }

    /// <summary>Whether a NULL leaves what the table has.</summary>
    internal bool IgnoresNull { get; init; }

    /// <inheritdoc />
    public int MaxRows { get; } = maxRows;

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        Sql.Create(connection, file.Path);
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
        using var upsert = Prepare(connection, transaction, Sql.UpsertSql, Enumerable.Range(0, Sql.ColumnCount));
        using var delete = Prepare(connection, transaction, Deletes == DeleteStrategy.SetNull ? Sql.SetNullSql : Sql.DeleteSql, Sql.KeyIndices);
        foreach (var change in changes)
        {
            try
            {
                if (change.IsDelete)
                {
                    if (Deletes == DeleteStrategy.Ignore)
                        continue;
                    for (var i = 0; i < Sql.KeyIndices.Count; i++)
                        delete.Parameters[i].Value = ValueOf(change, Sql.KeyIndices[i]);
                    delete.ExecuteNonQuery();
                    continue;
                }
                for (var i = 0; i < Sql.ColumnCount; i++)
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
            NestedValue value => JsonText.Of(value, table.Columns[column].Type),
            DateOnly value => SqlText.Of(value),
            TimeOnly value => SqlText.Of(value, table.Columns[column].Type.Length),
            DateTime value => SqlText.Of(value, table.Columns[column].Type.Length),
            DateTimeOffset value => SqlText.Of(value, table.Columns[column].Type.Length),
            var value => value,
        };
}
