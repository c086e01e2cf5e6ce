using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;
using Serverless.Local.Display.Results;
using Serverless.Local.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Serverless.Local.Display;

/// <summary>Prints the tables of a results file.</summary>
internal static class ResultTables
{
    private const long GreatestExact = 1L << 53;
    private const int MostExactDigits = 15;

    /// <summary>Prints the tables that jobs write, rows in the order of their keys.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="file">The results file.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="mostRows">The most rows of a table to print for people; machines get all.</param>
    /// <param name="ofEnd">Whether those are the last of the table, and not the first.</param>
    public static void Print(Terminal terminal, string file, IEnumerable<Job> jobs, int mostRows, bool ofEnd = false)
    {
        using var connection = ResultsReader.OpenFile(file);
        foreach (var table in TablesOf(connection, jobs))
        {
            if (terminal.IsJson)
            {
                foreach (var row in Read(connection, table, -1, ofEnd: false))
                    terminal.Put(new RowResult(table.Name, JsonOf(table, row)));
                continue;
            }
            var rows = Read(connection, table, mostRows, ofEnd);
            if (terminal.OutputConsole is { } console)
                console.Write(FrameOf(table, rows));
            else
                PrintLines(terminal, table, rows);
            if (Count(connection, table) - rows.Count is > 0 and var more)
                terminal.Say(More(more, ofEnd).In(terminal.Language));
            terminal.Say("");
        }
    }

    /// <summary>The ends of the tables that jobs write, to be drawn.</summary>
    /// <param name="file">The results file.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="mostRows">The most rows of a table.</param>
    /// <param name="language">The language of what is said of them.</param>
    public static IReadOnlyList<IRenderable> Draw(string file, IEnumerable<Job> jobs, int mostRows, Language language)
    {
        using var connection = ResultsReader.OpenFile(file);
        var drawn = new List<IRenderable>();
        foreach (var table in TablesOf(connection, jobs))
        {
            var rows = Read(connection, table, mostRows, ofEnd: true);
            drawn.Add(FrameOf(table, rows));
            if (Count(connection, table) - rows.Count is > 0 and var more)
                drawn.Add(new Text(More(more, ofEnd: true).In(language)));
        }
        return drawn;
    }

    private static List<TableDefinition> TablesOf(SqliteConnection connection, IEnumerable<Job> jobs) =>
        [.. jobs.Select(j => j.Sink).DistinctBy(t => t.Name).Where(t => Exists(connection, t.Name))];

    private static void PrintLines(Terminal terminal, TableDefinition table, List<object[]> rows)
    {
        terminal.Say(table.Name);
        terminal.Say(string.Join(" | ", table.Columns.Select(c => c.Name)));
        foreach (var row in rows)
            terminal.Say(string.Join(" | ", row.Select(TextOf)));
    }

    private static Table FrameOf(TableDefinition table, List<object[]> rows)
    {
        var view = new Table().Title($"[bold]{Markup.Escape(table.Name)}[/]").Border(TableBorder.Rounded);
        foreach (var column in table.Columns)
            view.AddColumn(new Spectre.Console.TableColumn($"[bold]{Markup.Escape(column.Name)}[/]"));
        foreach (var row in rows)
            view.AddRow([.. row.Select(v => new Text(ControlCharacters.Escape(TextOf(v))))]);
        return view;
    }

    private static bool Exists(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $name";
        command.Parameters.AddWithValue("$name", table);
        return command.ExecuteScalar() is not null;
    }

    private static long Count(SqliteConnection connection, TableDefinition table)
    {
        using var count = connection.CreateCommand();
        count.CommandText = $"SELECT COUNT(*) FROM {Quote(table.Name)}";
        return (long)count.ExecuteScalar()!;
    }

    private static Message More(long count, bool ofEnd)
    {
        if (ofEnd)
            return $"… and {count:N0} before";
        return $"… and {count:N0} more";
    }

    private static List<object[]> Read(SqliteConnection connection, TableDefinition table, int mostRows, bool ofEnd)
    {
        using var command = connection.CreateCommand();
        var order = table.PrimaryKey.Count == 0 ? Enumerable.Range(0, table.Columns.Count) : table.PrimaryKey;
        command.CommandText =
            $"SELECT {string.Join(", ", table.Columns.Select(c => Quote(c.Name)))} FROM {Quote(table.Name)} "
            + $"ORDER BY {string.Join(", ", order.Select(i => Quote(table.Columns[i].Name) + (ofEnd ? " DESC" : "")))} LIMIT {mostRows}";
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
            rows.Add([.. table.Columns.Select((_, i) => reader.GetValue(i))]);
        if (ofEnd)
            rows.Reverse();
        return rows;
    }

    /// <summary>A value of a results file, for people.</summary>
    public static string TextOf(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static JsonObject JsonOf(TableDefinition table, object[] row)
    {
        var values = new JsonObject();
        foreach (var (column, value) in table.Columns.Zip(row))
            values[column.Name] = JsonOf(value, column.Type);
        return values;
    }

    private static JsonNode? JsonOf(object value, SqlType type) => value switch
    {
        DBNull => null,
        long flag when type.Kind == SqlKind.Boolean => JsonValue.Create(flag != 0),
        long number when number is >= -GreatestExact and <= GreatestExact => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        // Its digits as they are, zeros at the end too.
        string number when type.IsNumeric && number.Count(char.IsAsciiDigit) <= MostExactDigits => JsonNode.Parse(number),
        _ => JsonValue.Create(TextOf(value)),
    };

    /// <summary>A name as SQL has it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
