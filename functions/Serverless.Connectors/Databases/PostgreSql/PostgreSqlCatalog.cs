using System.Globalization;
using Npgsql;
using Serverless.Connectors.Databases.Common;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>What PostgreSQL and Hologres say of a table, in the words that PostgreSQL 11 has. Everything is text, which needs no types loaded.</summary>
internal static class PostgreSqlCatalog
{
    private const string TableSql = """
        SELECT c.oid::text, has_schema_privilege(n.oid, 'USAGE')::text
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname::text = $1 AND c.relkind::text IN ('r', 'p', 'f', 'v') AND CASE WHEN $2 = '' THEN pg_table_is_visible(c.oid) ELSE n.nspname::text = $2 END
        """;

    // A domain is as good as what it is of.
    private static string ColumnsSql(string generated, string deterministic) => $"""
        SELECT a.attnum::text, a.attname::text, CASE WHEN t.typtype::text = 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) END,
          (a.attnotnull OR t.typnotnull)::text, (a.atthasdef OR t.typdefault IS NOT NULL)::text, a.attidentity::text, {generated}, l.collname::text, {deterministic}
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
        WHERE a.attrelid = $1::text::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """;

    private const string IndexesSql = """
        SELECT c.relname::text, i.indkey::text, i.indnkeyatts::text, i.indisprimary::text, (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)::text, pg_get_indexdef(i.indexrelid)
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = $1::text::oid AND i.indisunique ORDER BY c.relname
        """;

    // Some privileges may be on columns.
    private const string PrivilegesSql = """
        SELECT p, (CASE WHEN p = 'DELETE' THEN has_table_privilege($1::text::oid, p) ELSE has_table_privilege($1::text::oid, p) OR has_any_column_privilege($1::text::oid, p) END)::text
        FROM (SELECT 'SELECT'::text AS p UNION ALL SELECT 'INSERT' UNION ALL SELECT 'UPDATE' UNION ALL SELECT 'DELETE') AS asked
        """;

    /// <summary>Reads what there is of a table.</summary>
    /// <returns>The table; null if there is none of that name, or none that the user sees.</returns>
    public static async Task<ActualTable?> ReadAsync(NpgsqlConnection connection, SinkTable table, CancellationToken cancellationToken)
    {
        if (await RowsAsync(connection, TableSql, [table.Name, table.Schema ?? ""], cancellationToken) is not [var found])
            return null;
        var id = found[0]!;
        // Generated columns and collations of one's own making came with PostgreSQL 12.
        var isLater = connection.PostgreSqlVersion.Major >= 12;
        var rows = await RowsAsync(connection, ColumnsSql(isLater ? "a.attgenerated::text" : "''", isLater ? "COALESCE(l.collisdeterministic, true)::text" : "'true'"), [id], cancellationToken);
        var names = rows.ToDictionary(r => r[0]!, r => r[1]!);
        var indexes = await RowsAsync(connection, IndexesSql, [id], cancellationToken);
        var needed = NeededPrivileges.Of(table, readsKey: true);
        List<string> missing = [.. needed.Except(await AllowedAsync(connection, id, cancellationToken) ?? needed)];
        if (found[1] != "true")
            missing.Add(NeededPrivileges.Schema);
        return new ActualTable(
            [.. rows.Select(ColumnOf)],
            indexes.Find(r => r[3] == "true") is { } primary ? ColumnsOf(primary, names) : [],
            [.. indexes.Where(r => r[3] != "true").Select(r => new UniqueIndex(r[0]!, ColumnsOf(r, names)))],
            missing)
        {
            User = missing.Count == 0 ? null : (await RowsAsync(connection, "SELECT quote_ident(current_user::text)::text", [], cancellationToken))[0][0],
        };
    }

    /// <summary>Returns whether the server has Hologres' procedure that says how a table is stored.</summary>
    public static async Task<bool> HasTablePropertiesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await RowsAsync(connection, "SELECT proname::text FROM pg_catalog.pg_proc WHERE proname::text = 'set_table_property' LIMIT 1", [], cancellationToken)).Count > 0;

    // Null if the server does not say, as one that only speaks PostgreSQL's protocol may: then a statement will.
    private static async Task<List<string>?> AllowedAsync(NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await RowsAsync(connection, PrivilegesSql, [id], cancellationToken)).Where(r => r[1] == "true").Select(r => r[0]!)];
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.FeatureNotSupported)
        {
            return null;
        }
    }

    private static ActualColumn ColumnOf(string?[] row)
    {
        var (type, identity) = (row[2]!, row[5]);
        // GENERATED ALWAYS takes no value of a statement's; BY DEFAULT is a default.
        return new ActualColumn(
            row[1]!, type, IsNullable: row[3] != "true", HasDefault: row[4] == "true" || identity is "d", IsGenerated: identity is "a" || row[6] is not (null or ""),
            row[7] is { } collation ? new ActualCollation(collation, IsBinary: row[8] == "true" && type != "citext", PadsBlanks: type.StartsWith("character(", StringComparison.Ordinal)) : null);
    }

    // What is on an expression, or on some rows only, is no key: its definition stands for its columns.
    private static IReadOnlyList<string> ColumnsOf(string?[] index, Dictionary<string, string> names) => index[4] == "true"
        ? [index[5]![index[5]!.IndexOf('(', StringComparison.Ordinal)..]]
        : [.. index[1]!.Split(' ').Take(int.Parse(index[2]!, CultureInfo.InvariantCulture)).Select(n => names[n])];

    private static async Task<List<string?[]>> RowsAsync(NpgsqlConnection connection, string sql, string[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        return rows;
    }
}
