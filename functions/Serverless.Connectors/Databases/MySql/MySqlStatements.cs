using Serverless.Connectors.Databases.Common;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>
/// The statements that write a table, in words that MySQL 5.7, 8 and 9 and MariaDB have in common: no row alias, which 5.7 has not, and
/// <c>VALUES(c)</c>, which all have. Values are parameters, always.
/// </summary>
internal sealed class MySqlStatements
{
    private readonly SinkTable _table;
    private readonly string _name;
    private readonly string _insert;
    private readonly string _onDuplicateKey;
    private readonly string? _version;

    public MySqlStatements(SinkTable table)
    {
        _table = table;
        _name = table.Schema is null ? Quote(table.Name) : $"{Quote(table.Schema)}.{Quote(table.Name)}";
        _version = table.VersionColumn is null ? null : Quote(table.VersionColumn);
        _insert = $"INSERT INTO {_name} ({string.Join(", ", AllColumns)}) ";
        // Rows without a key are appended.
        _onDuplicateKey = table.Definition.PrimaryKey.Count == 0 ? "" : $" ON DUPLICATE KEY UPDATE {string.Join(", ", Updates())}";
    }

    /// <summary>An upsert of no rows, which fails where one of a row would: without the table, a column or a privilege.</summary>
    public string UpsertProbe => $"{_insert}SELECT {string.Join(", ", AllColumns.Select(_ => "NULL"))} FROM DUAL WHERE FALSE{_onDuplicateKey}";

    /// <summary>As <see cref="UpsertProbe"/> for <see cref="Delete"/>.</summary>
    public string DeleteProbe => $"DELETE FROM {_name} WHERE FALSE AND {string.Join(" AND ", KeyColumns.Select(k => $"{k} IS NULL"))}";

    /// <summary>Inserts rows, or overwrites those whose keys are there.</summary>
    public MySqlStatement Upsert(IReadOnlyList<RowChange> rows)
    {
        var statement = new MySqlStatement().Add(_insert).Add("VALUES ");
        for (var i = 0; i < rows.Count; i++)
        {
            for (var column = 0; column < _table.Definition.Columns.Count; column++)
                statement.Add(column > 0 ? ", " : i > 0 ? ", (" : "(").Add(ValueOf(rows[i], column));
            if (_version is not null)
                statement.Add(", ").Add(_table.StampOf(rows[i]));
            statement.Add(")");
        }
        return statement.Add(_onDuplicateKey);
    }

    /// <summary>Deletes rows, or makes all but their keys NULL as the table says; null if there is nothing to do.</summary>
    public MySqlStatement? Delete(IReadOnlyList<RowChange> rows)
    {
        var statement = new MySqlStatement();
        if (_table.Deletes == DeleteStrategy.Delete)
            return AddRows(statement.Add($"DELETE FROM {_name} WHERE "), rows);
        if (_version is null && !_table.ValueColumns.Any())
            return null;
        statement.Add($"UPDATE {_name} SET ").Add(string.Join(", ", _table.ValueColumns.Select(c => $"{Column(c)} = NULL")));
        if (_version is not null)
        {
            statement.Add($"{(_table.ValueColumns.Any() ? ", " : "")}{_version} = CASE");
            foreach (var row in rows)
                AddKey(statement.Add(" WHEN "), row).Add(" THEN ").Add(_table.StampOf(row));
            statement.Add(" END");
        }
        return AddRows(statement.Add(" WHERE "), rows);
    }

    /// <summary>A name as SQL writes it, whatever it holds.</summary>
    public static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    private IEnumerable<string> AllColumns
    {
        get
        {
            var columns = Enumerable.Range(0, _table.Definition.Columns.Count).Select(Column);
            return _version is null ? columns : columns.Append(_version);
        }
    }

    private IEnumerable<string> KeyColumns => _table.Definition.PrimaryKey.Select(Column);

    // MySQL assigns from left to right, and each sees what those before it have assigned: the version comes last.
    private IEnumerable<string> Updates()
    {
        foreach (var column in _table.ValueColumns.Select(Column))
        {
            var value = _table.IgnoresNull ? $"COALESCE(VALUES({column}), {column})" : $"VALUES({column})";
            yield return _version is null
                ? $"{column} = {value}"
                : $"{column} = IF({_version} IS NULL OR VALUES({_version}) >= {_version}, {value}, {column})";
        }
        if (_version is not null)
            yield return $"{_version} = GREATEST(COALESCE({_version}, VALUES({_version})), VALUES({_version}))";
        else if (!_table.ValueColumns.Any())
            yield return $"{KeyColumns.First()} = {KeyColumns.First()}";
    }

    // Equations and no IN: a list of rows is not looked up in the index everywhere, and an equation compares as its column's type.
    private MySqlStatement AddRows(MySqlStatement statement, IReadOnlyList<RowChange> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            AddKey(statement.Add(i > 0 ? " OR (" : "("), rows[i]);
            if (_version is not null)
                statement.Add($" AND ({_version} IS NULL OR {_version} <= ").Add(_table.StampOf(rows[i])).Add(")");
            statement.Add(")");
        }
        return statement;
    }

    private MySqlStatement AddKey(MySqlStatement statement, RowChange row)
    {
        var isFirst = true;
        foreach (var column in _table.Definition.PrimaryKey)
        {
            statement.Add($"{(isFirst ? "" : " AND ")}{Column(column)} = ");
            var type = _table.Definition.Columns[column].Type;
            // A decimal beside text would be compared as a double, which cannot tell two of 38 digits apart.
            if (type.Kind == SqlKind.Decimal)
                statement.Add("CAST(").Add(ValueOf(row, column)).Add($" AS DECIMAL({type.Length}, {type.Scale}))");
            else
                statement.Add(ValueOf(row, column));
            isFirst = false;
        }
        return statement;
    }

    private string Column(int index) => Quote(_table.Definition.Columns[index].Name);

    // Dates, times and decimals are text, which the database makes what the column is, every digit of it.
    private object ValueOf(RowChange row, int column)
    {
        var type = _table.Definition.Columns[column].Type;
        return row.Values[column] switch
        {
            null => DBNull.Value,
            Number value => SqlText.Of(value, type.Scale),
            DateOnly value => SqlText.Of(value),
            TimeOnly value => SqlText.Of(value, Math.Min(type.Length, 6)),
            DateTime value => SqlText.Of(value, Math.Min(type.Length, 6)),
            DateTimeOffset value => SqlText.Of(value, Math.Min(type.Length, 6)),
            var value => value,
        };
    }
}
