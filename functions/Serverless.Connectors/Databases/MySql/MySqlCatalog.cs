using System.Globalization;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>What MySQL 5.7, MySQL 8 and MariaDB say of a table.</summary>
internal static class MySqlCatalog
{
    private const string ColumnsSql = """
        SELECT TABLE_NAME, @@lower_case_table_names, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT IS NOT NULL, EXTRA,
          COALESCE(GENERATION_EXPRESSION, '') <> '', COLLATION_NAME, PRIVILEGES, COLUMN_DEFAULT, COLUMN_COMMENT
        FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = COALESCE(@schema, DATABASE()) AND TABLE_NAME = @table ORDER BY ORDINAL_POSITION
        """;

    private const string IndexesSql = """
        SELECT TABLE_NAME, @@lower_case_table_names, INDEX_NAME, COLUMN_NAME, SUB_PART
        FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = COALESCE(@schema, DATABASE()) AND TABLE_NAME = @table AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX
        """;

    /// <summary>Reads what there is of a table.</summary>
    /// <returns>The table; null if there is none of that name.</returns>
    public static async Task<ActualTable?> ReadAsync(MySqlConnection connection, SinkTable table, CancellationToken cancellationToken)
    {
        var needed = NeededPrivileges.Of(table, readsKey: false);
        var name = new MySqlDialect().NameOf(table);
        var columns = await RowsAsync(connection, ColumnsSql, table, cancellationToken);
        if (columns.Count == 0)
            return await IsDeniedAsync(connection, $"SELECT 1 FROM {name} LIMIT 0", cancellationToken) ? new ActualTable([], [], [], needed) { User = await UserAsync(connection, cancellationToken) } : null;
        var indexes = (await RowsAsync(connection, IndexesSql, table, cancellationToken)).GroupBy(r => r[2]!, IndexColumn).ToList();
        // A column's row says what the user may do with it, by whatever grant or role; of deletes, only the server's answer does.
        var allowed = columns.SelectMany(r => r[9]!.Split(',')).Select(p => p.ToUpperInvariant()).ToHashSet();
        if (needed.Contains("DELETE") && !await IsDeniedAsync(connection, $"EXPLAIN DELETE FROM {name} WHERE FALSE", cancellationToken))
            allowed.Add("DELETE");
        List<string> missing = [.. needed.Except(allowed)];
        var flavour = FlavourOf(connection.ServerVersion);
        return new ActualTable(
            [.. columns.Select(r => ColumnOf(r, flavour))],
            indexes.Find(i => i.Key == "PRIMARY") is { } primary ? [.. primary] : [],
            [.. indexes.Where(i => i.Key != "PRIMARY").Select(i => new UniqueIndex(i.Key, [.. i]))],
            missing)
        {
            User = missing.Count == 0 ? null : await UserAsync(connection, cancellationToken),
        };
    }

    /// <summary>Returns which of the servers that speak MySQL one is, by its version.</summary>
    internal static MySqlFlavour FlavourOf(string serverVersion) =>
        serverVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) ? MySqlFlavour.MariaDb
        : serverVersion.StartsWith("5.", StringComparison.Ordinal) ? MySqlFlavour.MySql57
        : MySqlFlavour.MySql80;

    /// <summary>The collation of a server that tells most texts apart: trailing blanks, too, where it has one.</summary>
    internal static string ExactOn(string serverVersion) => MySqlDialect.CollationOf(FlavourOf(serverVersion));

    /// <summary>What a collation is, by its name: only those of Unicode 9 and later, those that say so, and <c>binary</c> do not pad.</summary>
    internal static ActualCollation CollationOf(string name, string exact) => new(
        name,
        IsBinary: name == "binary" || name.EndsWith("_bin", StringComparison.OrdinalIgnoreCase),
        PadsBlanks: name != "binary" && !name.Contains("_0900_", StringComparison.Ordinal) && !name.Contains("nopad", StringComparison.Ordinal))
    {
        Exact = name == exact ? null : exact,
    };

    private static ActualColumn ColumnOf(string?[] row, MySqlFlavour flavour)
    {
        var (type, extra, exact) = (row[3]!, row[6] ?? "", MySqlDialect.CollationOf(flavour));
        var collation = row[8] is { } name ? CollationOf(name, exact) : null;
        // A CHAR has no blanks at its end under any collation.
        if (collation is not null && type.StartsWith("char", StringComparison.OrdinalIgnoreCase))
            collation = collation with { PadsBlanks = true, Exact = exact };
        return new ActualColumn(
            row[2]!, type, IsNullable: row[4] == "YES",
            HasDefault: row[5] == "1" || extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase) || extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase),
            IsGenerated: row[7] == "1", collation)
        {
            Default = DefaultOf(row[10], extra, flavour),
            Comment = row[11] is { Length: > 0 } comment ? $"COMMENT {Text(comment)}" : "",
        };
    }

    /// <summary>Returns what a column's definition says of how the server fills it.</summary>
    /// <param name="value">The catalog's COLUMN_DEFAULT.</param>
    /// <param name="extra">The catalog's EXTRA.</param>
    /// <param name="flavour">The server.</param>
    internal static string DefaultOf(string? value, string extra, MySqlFlavour flavour)
    {
        List<string> parts = [];
        if (value is not null && !(flavour == MySqlFlavour.MariaDb && value == "NULL"))
            parts.Add($"DEFAULT {ValueOf(value, extra, flavour)}");
        var update = extra.IndexOf("on update ", StringComparison.OrdinalIgnoreCase);
        if (update >= 0)
            parts.Add(extra[update..].ToUpperInvariant());
        if (extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase))
            parts.Add("AUTO_INCREMENT");
        return string.Join(' ', parts);
    }

    // MariaDB says an expression as SQL has it, a text in quotes; MySQL says a constant as it is, and marks what is none.
    private static string ValueOf(string value, string extra, MySqlFlavour flavour) =>
        flavour == MySqlFlavour.MariaDb || value.StartsWith("CURRENT_TIMESTAMP", StringComparison.OrdinalIgnoreCase) || value.StartsWith("b'", StringComparison.Ordinal) ? value
        : extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase) ? $"({value})"
        : Text(value);

    private static string Text(string value) =>
        $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal).ReplaceLineEndings("\\n")}'";

    private static async Task<string?> UserAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SELECT CURRENT_USER()", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is string user && user.LastIndexOf('@') is > 0 and var at ? $"{Text(user[..at])}@{Text(user[(at + 1)..])}" : null;
    }

    // A part of a column, or an expression, is no column: parentheses tell.
    private static string IndexColumn(string?[] row) => row[3] is not { } column ? "(an expression)" : row[4] is { } part ? $"{column}({part})" : column;

    private static async Task<bool> IsDeniedAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new MySqlCommand(sql, connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return false;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied)
        {
            return true;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase)
        {
            return false;
        }
    }

    private static async Task<List<string?[]>> RowsAsync(MySqlConnection connection, string sql, SinkTable table, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        command.Parameters.AddWithValue("@schema", (object?)table.Schema ?? DBNull.Value);
        command.Parameters.AddWithValue("@table", table.Name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))]);
        // The catalog finds 't' for 'T'; the server does only where it keeps names so.
        return rows.FindAll(r => string.Equals(r[0], table.Name, r[1] == "0" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase));
    }
}
