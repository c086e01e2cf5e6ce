using Microsoft.Data.Sqlite;

namespace Serverless.Connectors.Databases.Sqlite;

/// <summary>A SQLite file, with one connection that all its tables share: one writer at a time, so that none finds the file locked.</summary>
/// <param name="path">The file; it and its folder are made where absent.</param>
public sealed class SqliteFile(string path) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SqliteConnection? _connection;
    private bool _disposed;

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _disposed = true;
            if (_connection is not null)
                await _connection.DisposeAsync();
            _connection = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Does something with the connection, when nothing else does.</summary>
    /// <exception cref="SinkUnavailableException">The file cannot be used now.</exception>
    /// <exception cref="ConnectorException">It is not as it was: a table is gone, it is no SQLite file any more, or not to be written to.</exception>
    internal async Task<T> UseAsync<T>(Func<SqliteConnection, T> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await Task.Run(() => use(_connection ??= Open()), cancellationToken);
        }
        catch (SqliteException e) when (IsPassing(e))
        {
            throw new SinkUnavailableException($"cannot write to '{Path}': {e.Message}", e);
        }
        catch (SqliteException e)
        {
            throw new ConnectorException($"cannot use the SQLite file '{Path}': {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // Locked by another process, full, or a disk in trouble.
    private static bool IsPassing(SqliteException e) =>
        e.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED or SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR;

    private SqliteConnection Open()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            // Readers do not wait for the writer, nor it for them; a written row is on the disk, as the host forgets it then.
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000;");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            if (IsPassing(e))
                throw;
            throw new ConnectorException($"cannot open the SQLite file '{Path}': {e.Message}", e);
        }
    }
}
