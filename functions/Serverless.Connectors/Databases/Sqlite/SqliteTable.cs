using Microsoft.Data.Sqlite;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Sqlite;

/// <summary>The SQL of a sink table in SQLite. If the table has no primary key, a hidden column holds the row's key.</summary>
internal sealed class SqliteTable
{
    public const string HiddenKey = "__key";

    private readonly TableDefinition _table;
    private readonly (string Name, string Type)[] _columns;
    private readonly string[] _key;

    private readonly bool _ignoresNull;

    /// <summary>Makes the words for a table.</summary>
    /// <param name="table">The table, of which the file's may have more columns: those that the script declares.</param>
    /// <param name="ignoresNull">Whether a NULL leaves what the file has.</param>
    public SqliteTable(TableDefinition table, bool ignoresNull = false)
    {
        _table = table;
        _ignoresNull = ignoresNull;
        HasHiddenKey = table.PrimaryKey.Count == 0;
        _key = HasHiddenKey ? [HiddenKey] : [.. table.PrimaryKey.Select(i => table.Columns[i].Name)];
        var columns = table.Columns.Select(c => (c.Name, TypeOf(c.Type)));
        _columns = [.. HasHiddenKey ? columns.Append((HiddenKey, "TEXT")) : columns];
    }

    public bool HasHiddenKey { get; }

    /// <summary>Parameters <c>$0</c>, <c>$1</c>… are the columns; the last is the hidden key if there is one.</summary>
    public string UpsertSql
    {
        get
        {
            var rest = _columns.Select(c => c.Name).Except(_key).Select(SqliteFile.Quote).ToArray();
            var update = rest.Length == 0 ? "NOTHING" : "UPDATE SET " + string.Join(", ", rest.Select(c => _ignoresNull ? $"{c} = coalesce(excluded.{c}, {c})" : $"{c} = excluded.{c}"));
            return $"INSERT INTO {Name} ({List(_columns.Select(c => c.Name))}) VALUES ({string.Join(", ", _columns.Select((_, i) => $"${i}"))}) "
                + $"ON CONFLICT ({List(_key)}) DO {update}";
        }
    }

    /// <summary>Parameters as in <see cref="UpsertSql"/>, the key's only.</summary>
    public string DeleteSql => $"DELETE FROM {Name} WHERE {IsKey}";

    /// <summary>Sets all columns but the key's to NULL. Parameters as in <see cref="DeleteSql"/>.</summary>
    public string SetNullSql =>
        $"UPDATE {Name} SET {string.Join(", ", _columns.Select(c => c.Name).Except(_key).DefaultIfEmpty(_key[0]).Select(c => $"{SqliteFile.Quote(c)} = {(_key.Contains(c) ? SqliteFile.Quote(c) : "NULL")}"))} WHERE {IsKey}";

    /// <summary>Where in the columns the key's stand.</summary>
    public IReadOnlyList<int> KeyIndices => HasHiddenKey ? [_columns.Length - 1] : _table.PrimaryKey;

    public int ColumnCount => _columns.Length;

    private string IsKey => string.Join(" AND ", KeyIndices.Select(i => $"{SqliteFile.Quote(_columns[i].Name)} = ${i}"));

    private string Name => SqliteFile.Quote(_table.Name);

    public void Create(SqliteConnection connection, string path)
    {
        if (!ReferenceEquals(_table, _table.Declared))
        {
            new SqliteTable(_table.Declared).Create(connection, path);
            return;
        }

        var columns = _columns.Select(c => $"{SqliteFile.Quote(c.Name)} {c.Type}{(_key.Contains(c.Name) ? " NOT NULL" : "")}");
        try
        {
            SqliteFile.Execute(connection, $"CREATE TABLE IF NOT EXISTS {Name} ({string.Join(", ", columns)}, PRIMARY KEY ({List(_key)}))");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
        {
            throw new ConnectorException($"cannot make table '{_table.Name}' in '{path}': {e.Message}", e);
        }
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, type, pk FROM pragma_table_info($table) ORDER BY cid";
        command.Parameters.AddWithValue("$table", _table.Name);
        using var reader = command.ExecuteReader();
        var there = new List<(string Name, string Type, long Key)>();
        while (reader.Read())
            there.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        // The order of the columns is of no matter, that of the key's is not even of that.
        var isSame = there.Select(c => (c.Name, c.Type.ToUpperInvariant(), c.Key > 0)).ToHashSet()
            .SetEquals(_columns.Select(c => (c.Name, c.Type, _key.Contains(c.Name))));
        if (!isSame)
            throw new ConnectorException(
                $"table '{_table.Name}' in '{path}' has columns ({Describe(there.Select(c => (c.Name, c.Type)), there.Where(c => c.Key > 0).Select(c => c.Name))}), "
                + $"the script says ({Describe(_columns, _key)}): drop the table, delete the file, or give the table another name in the script");
    }

    private static string Describe(IEnumerable<(string Name, string Type)> columns, IEnumerable<string> key) =>
        string.Join(", ", columns.Select(c => $"{c.Name} {c.Type}")) + $", PRIMARY KEY ({string.Join(", ", key)})";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(SqliteFile.Quote));

    private static string TypeOf(SqlType type) => type.Kind switch
    {
        SqlKind.Boolean or SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => "INTEGER",
        SqlKind.Float or SqlKind.Double => "REAL",
        SqlKind.Bytes => "BLOB",
        _ => "TEXT", // decimals too: REAL would round them
    };
}
