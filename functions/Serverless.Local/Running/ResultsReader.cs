using System.Globalization;
using Microsoft.Data.Sqlite;
using Serverless.Engine.Sql;
using SQLitePCL;

namespace Serverless.Local.Running;

/// <summary>Reads the results file of a state folder, which a run may be writing meanwhile. It never writes, whatever it is asked.</summary>
internal sealed class ResultsReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SqliteConnection _connection;

    private ResultsReader(string file, SqliteConnection connection) => (File, _connection) = (file, connection);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Opens the results file of a state folder.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be read.</exception>
    public static ResultsReader Open(string folder)
    {
        var file = Path.GetFullPath(Path.Combine(folder, "results.db"));
        if (!System.IO.File.Exists(file))
            throw new CommandException($"there is no '{file}': a run with --embedded or --embedded-sinks makes it; name its folder with --state");
        try
        {
            return new ResultsReader(file, OpenFile(file));
        }
        catch (SqliteException e)
        {
            throw new CommandException($"cannot read '{file}': {e.Message}", ExitCode.Failed);
        }
    }

    /// <summary>Opens a results file for reading alone.</summary>
    public static SqliteConnection OpenFile(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Returns the names of the tables.</summary>
    public IReadOnlyList<string> Tables() => [.. Query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", [], int.MaxValue, CancellationToken.None).Rows.Select(r => (string)r[0])];

    /// <summary>Runs a statement that a user wrote.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="mostRows">The most rows to return.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="CommandException">It is not one statement that reads, it is wrong, or it takes too long.</exception>
    public QueryRows Query(string sql, int mostRows, CancellationToken stop)
    {
        CheckThatItReads(sql);
        return Query(sql, [], mostRows, stop);
    }

    /// <summary>Runs a statement of the program's own.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="values">What <c>$0</c>, <c>$1</c> and so on are in it.</param>
    /// <param name="mostRows">The most rows to return.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="CommandException">It takes too long, or the file cannot be read.</exception>
    public QueryRows Query(string sql, IReadOnlyList<object?> values, int mostRows, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        using var interrupting = limit.Token.Register(() => raw.sqlite3_interrupt(_connection.Handle));
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Count; i++)
                command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i}"), values[i] ?? DBNull.Value);
            using var reader = command.ExecuteReader();
            string[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
            var rows = new List<object[]>();
            while (reader.Read())
            {
                if (rows.Count == mostRows)
                    return new QueryRows(columns, rows, HasMore: true);
                var row = new object[columns.Length];
                reader.GetValues(row);
                rows.Add(row);
            }
            return new QueryRows(columns, rows, HasMore: false);
        }
        catch (SqliteException e)
        {
            stop.ThrowIfCancellationRequested();
            throw new CommandException(
                e.SqliteErrorCode == raw.SQLITE_INTERRUPT ? string.Create(CultureInfo.InvariantCulture, $"the query was ended after {Patience.TotalSeconds} seconds: ask for less") : $"cannot read '{File}': {e.Message}",
                ExitCode.Failed);
        }
    }

    /// <summary>Returns the error for a table that is not there.</summary>
    public CommandException NoTable(string name)
    {
        var tables = Tables();
        return new CommandException(
            $"there is no table '{name}' in '{File}'"
            + (Spelling.Nearest(name, tables) is { } near ? $"; did you mean '{near}'?" : tables.Count == 0 ? ": no run has written to it" : $"; there are: {string.Join(", ", tables)}"));
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private void CheckThatItReads(string sql)
    {
        using var statement = Prepare(sql, out var rest);
        if (statement.IsInvalid)
            throw new CommandException("the query is empty: write it as query \"SELECT …\"");
        // What changes nothing and has no columns, such as ATTACH, is no question either.
        if (raw.sqlite3_stmt_readonly(statement) == 0 || raw.sqlite3_column_count(statement) == 0)
            throw new CommandException("a query only reads: write a SELECT");
        using var second = Prepare(rest, out _);
        if (!second.IsInvalid)
            throw new CommandException("these are several statements: ask one at a time");
    }

    private sqlite3_stmt Prepare(string sql, out string rest)
    {
        if (raw.sqlite3_prepare_v2(_connection.Handle, sql, out var statement, out rest) == raw.SQLITE_OK)
            return statement;
        var message = raw.sqlite3_errmsg(_connection.Handle).utf8_to_string();
        const string noTable = "no such table: ";
        throw message.StartsWith(noTable, StringComparison.Ordinal) ? NoTable(message[noTable.Length..]) : new CommandException($"the query is wrong: {message}");
    }
}
