using System.Globalization;
using DuckDB.NET.Data;

namespace Serverless.Queries.Tests;

/// <summary>DuckDB's answer to a question over the same records.</summary>
internal sealed class Oracle : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public Oracle(int threads = 1)
    {
        _connection.Open();
        Execute($"SET threads = {threads}");
        // Some queries of it end in an internal error of DuckDB 1.5.6.
        Execute("SET disabled_optimizers = 'top_n_window_elimination'");
        // AVG of integers is an integer in Flink, truncated; of decimals, one of six digits behind the point or more, rounded half up.
        Execute("CREATE MACRO average_of_integers(total, number) AS CAST(CAST(total AS HUGEINT) // number AS BIGINT)");
        Execute("""
            CREATE MACRO average_of_decimals(total, number) AS
            CAST(CAST(sign(total) AS INTEGER) * ((2 * CAST(abs(total) * 1000000 AS HUGEINT) + number) // (2 * number)) AS DECIMAL(38, 0)) * 0.000001
            """);
    }

    public void Dispose() => _connection.Dispose();

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Makes a table of a source's records.</summary>
    public void Load(TestSource source)
    {
        Execute(source.DuckDdl);
        using var appender = _connection.CreateAppender(source.Name);
        var order = 0L;
        foreach (var record in source.InOrder)
        {
            var row = appender.CreateRow();
            for (var i = 0; i < source.Columns.Count; i++)
                Append(row, record.Values[i], source.Columns[i].Type.Kind);
            row.AppendValue(order++);
            row.EndRow();
        }
    }

    private static void Append(IDuckDBAppenderRow row, object? value, Kind kind)
    {
        switch (value)
        {
            case null: row.AppendNullValue(); break;
            case long number when kind == Kind.Int: row.AppendValue((int)number); break;
            case long number: row.AppendValue(number); break;
            case decimal number: row.AppendValue(number); break;
            case double number: row.AppendValue(number); break;
            case bool truth: row.AppendValue(truth); break;
            case string text: row.AppendValue(text); break;
            case DateOnly date: row.AppendValue(date); break;
            case DateTime time: row.AppendValue(time); break;
            default: throw new InvalidOperationException($"{value.GetType()} is no value of a record");
        }
    }

    /// <summary>Appends rows to a table.</summary>
    public DuckDBAppender Appender(string table) => _connection.CreateAppender(table);

    /// <summary>The types of a query's columns.</summary>
    public IReadOnlyList<ColumnType> Types(string query)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"DESCRIBE {query}";
        using var reader = command.ExecuteReader();
        var types = new List<ColumnType>();
        while (reader.Read())
            types.Add(reader.GetString(1) switch
            {
                "BIGINT" or "HUGEINT" => new ColumnType(Kind.BigInt),
                "INTEGER" => new ColumnType(Kind.Int),
                "VARCHAR" => new ColumnType(Kind.Text),
                "TIMESTAMP" => new ColumnType(Kind.Timestamp),
                "DATE" => new ColumnType(Kind.Date),
                var text when text.StartsWith("DECIMAL(", StringComparison.Ordinal) && text[8..^1].Split(',') is [var precision, var scale] =>
                    new ColumnType(Kind.Decimal, int.Parse(precision, CultureInfo.InvariantCulture), int.Parse(scale, CultureInfo.InvariantCulture)),
                var text => throw new InvalidOperationException($"{text} is not expected"),
            });
        return types;
    }

    /// <summary>The rows of a query as text, in the order of their text.</summary>
    public List<string> Rows(string query, IReadOnlyList<ColumnType> types)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", types.Select((_, i) => $"CAST(q.x{i} AS VARCHAR)"))} FROM ({query}) AS q({string.Join(", ", types.Select((_, i) => $"x{i}"))})";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join(" | ", types.Select((type, i) => reader.IsDBNull(i) ? "NULL" : RowText.Normalize(reader.GetString(i), type.Kind))));
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }
}
