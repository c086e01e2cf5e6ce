using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>
/// The statements that write a table. Each takes one array a column, unnested in the select list: one text for every number of rows, in the form that
/// Hologres has its short way for (its fixed plan, where only one column may be compared, and <c>coalesce</c> stands for IS NULL).
/// </summary>
internal sealed class PostgreSqlStatements
{
    private readonly SinkTable _table;
    private readonly string _name;
    private readonly string? _version;

    /// <summary>Makes the statements of a table.</summary>
    public PostgreSqlStatements(SinkTable table)
    {
        _table = table;
        _name = (table.Schema is null ? "" : Quote(table.Schema) + ".") + Quote(table.Name);
        _version = table.VersionColumn is null ? null : Quote(table.VersionColumn);
        Upsert = UpsertSql();
        Delete = table.Definition.PrimaryKey.Count == 0 ? "" : table.Deletes == DeleteStrategy.SetNull ? SetNullSql() : DeleteSql();
    }

    /// <summary>Writes rows. Its parameters: the columns' arrays, the stamps' where there is a version column, what NULL counts as where that is said.</summary>
    public string Upsert { get; }

    /// <summary>Deletes rows, or makes their values NULL. Its parameters: the key columns' arrays, and the stamps' where there is a version column.</summary>
    public string Delete { get; }

    /// <summary>A name as SQL takes it, whatever is in it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private IEnumerable<int> Columns => Enumerable.Range(0, _table.Definition.Columns.Count);

    private string UpsertSql()
    {
        var names = Columns.Select(Name).ToList();
        var arrays = Columns.Select((c, i) => Unnested(i + 1, TypeOf(c))).ToList();
        if (_version is not null)
        {
            names.Add(_version);
            arrays.Add(Unnested(arrays.Count + 1, "bigint"));
        }
        var insert = $"INSERT INTO {_name} AS old ({List(names)}) SELECT {List(arrays)}";
        // Rows without a key are appended.
        return _table.Definition.PrimaryKey.Count == 0 ? insert : $"{insert} ON CONFLICT ({List(_table.Definition.PrimaryKey.Select(Name))}) DO {OnConflict(arrays.Count + 1)}";
    }

    private string OnConflict(int next)
    {
        var sets = _table.ValueColumns.Select(Name).Select(c => _table.IgnoresNull ? $"{c} = coalesce(excluded.{c}, old.{c})" : $"{c} = excluded.{c}");
        if (_version is not null)
            sets = sets.Append($"{_version} = excluded.{_version}");
        string[] conditions =
        [
            .. _table.CheckAndPut is { } check ? [Condition(check, next)] : Array.Empty<string>(),
            .. _version is not null ? [$"coalesce(old.{_version}, 0) <= excluded.{_version}"] : Array.Empty<string>(),
        ];
        return !sets.Any() ? "NOTHING" : $"UPDATE SET {List(sets)}" + (conditions.Length == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}");
    }

    private string Condition(CheckAndPut check, int next)
    {
        var column = Name(check.Column);
        var old = check.NullAs is null ? $"old.{column}" : $"coalesce(old.{column}, ${next}::{TypeOf(check.Column)})";
        return check.IsUnary ? $"{old} {check.Operator}" : $"excluded.{column} {check.Operator} {old}";
    }

    // The first condition finds the rows by index, as the second, which compares stamps, cannot. Hologres has no DELETE … USING.
    private string DeleteSql()
    {
        var keys = _table.Definition.PrimaryKey;
        var delete = $"DELETE FROM {_name} AS old WHERE ({List(keys.Select(c => $"old.{Name(c)}"))}) IN (SELECT {List(keys.Select((c, i) => Unnested(i + 1, TypeOf(c))))})";
        return _version is null ? delete : $"{delete} AND EXISTS (SELECT 1 FROM {Gone()} WHERE {IsGone()})";
    }

    private string SetNullSql()
    {
        var sets = _table.ValueColumns.Select(c => $"{Name(c)} = NULL");
        if (_version is not null)
            sets = sets.Append($"{_version} = gone.stamp");
        // A table of nothing but its key has nothing to make NULL; the statement still tells whether it could be written.
        return $"UPDATE {_name} AS old SET {List(sets.DefaultIfEmpty($"{Name(_table.Definition.PrimaryKey[0])} = old.{Name(_table.Definition.PrimaryKey[0])}"))} FROM {Gone()} WHERE {IsGone()}";
    }

    private string Gone()
    {
        var keys = _table.Definition.PrimaryKey;
        var arrays = keys.Select((c, i) => $"{Unnested(i + 1, TypeOf(c))} AS k{i}");
        if (_version is not null)
            arrays = arrays.Append($"{Unnested(keys.Count + 1, "bigint")} AS stamp");
        return $"(SELECT {List(arrays)}) AS gone";
    }

    private string IsGone()
    {
        var conditions = _table.Definition.PrimaryKey.Select((c, i) => $"old.{Name(c)} = gone.k{i}");
        if (_version is not null)
            conditions = conditions.Append($"coalesce(old.{_version}, 0) <= gone.stamp");
        return string.Join(" AND ", conditions);
    }

    private string Name(int column) => Quote(_table.Definition.Columns[column].Name);

    private string TypeOf(int column) => _table.Definition.Columns[column].Type.Kind switch
    {
        SqlKind.Boolean => "boolean",
        SqlKind.TinyInt or SqlKind.SmallInt => "smallint",
        SqlKind.Int => "integer",
        SqlKind.BigInt => "bigint",
        SqlKind.Decimal => "numeric",
        SqlKind.Float => "real",
        SqlKind.Double => "double precision",
        SqlKind.Bytes => "bytea",
        SqlKind.Date => "date",
        SqlKind.Time => "time",
        SqlKind.Timestamp => "timestamp",
        SqlKind.TimestampLtz => "timestamptz",
        _ => "text",
    };

    private static string Unnested(int parameter, string type) => $"unnest(${parameter}::{type}[])";

    private static string List(IEnumerable<string> parts) => string.Join(", ", parts);
}
