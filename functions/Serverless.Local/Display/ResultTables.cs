using System.Globalization;
using Microsoft.Data.Sqlite;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Spectre.Console;

namespace Serverless.Local.Display;

/// <summary>Prints the tables of a results file.</summary>
internal static class ResultTables
{
    /// <summary>Prints the tables that jobs write, rows in the order of their keys.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="file">The results file.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="mostRows">The most rows of a table to print.</param>
    public static void Print(Terminal terminal, string file, IEnumerable<Job> jobs, int mostRows)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        foreach (var table in jobs.Select(j => j.Sink).DistinctBy(t => t.Name))
        {
            if (!Exists(connection, table.Name))
                continue;
            var (rows, more) = Read(connection, table, mostRows);
            if (terminal.OutputConsole is { } console)
                PrintTable(console, table, rows);
            else
                PrintLines(terminal, table, rows);
            if (more > 0)
                terminal.Say($"… and {more:N0} more");
            terminal.Say("");
        }
    }

    private static void PrintLines(Terminal terminal, TableDefinition table, List<string[]> rows)
    {
        terminal.Say(table.Name);
        terminal.Say(string.Join(" | ", table.Columns.Select(c => c.Name)));
        foreach (var row in rows)
            terminal.Say(string.Join(" | ", row));
    }

    private static void PrintTable(IAnsiConsole console, TableDefinition table, List<string[]> rows)
    {
        var view = new Table().Title($"[bold]{Markup.Escape(table.Name)}[/]").Border(TableBorder.Rounded);
        foreach (var column in table.Columns)
            view.AddColumn(new Spectre.Console.TableColumn($"[bold]{Markup.Escape(column.Name)}[/]"));
        foreach (var row in rows)
            view.AddRow([.. row.Select(v => new Text(v))]);
        console.Write(view);
    }

    private static bool Exists(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $name";
        command.Parameters.AddWithValue("$name", table);
        return command.ExecuteScalar() is not null;
    }

    private static (List<string[]> Rows, long More) Read(SqliteConnection connection, TableDefinition table, int mostRows)
    {
        using var count = connection.CreateCommand();
        count.CommandText = $"SELECT COUNT(*) FROM {Quote(table.Name)}";
        var all = (long)count.ExecuteScalar()!;
        using var command = connection.CreateCommand();
        var order = table.PrimaryKey.Count == 0 ? Enumerable.Range(0, table.Columns.Count) : table.PrimaryKey;
        command.CommandText =
            $"SELECT {string.Join(", ", table.Columns.Select(c => Quote(c.Name)))} FROM {Quote(table.Name)} "
            + $"ORDER BY {string.Join(", ", order.Select(i => Quote(table.Columns[i].Name)))} LIMIT {mostRows}";
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read())
            rows.Add([.. table.Columns.Select((_, i) => TextOf(reader.GetValue(i)))]);
        return (rows, all - rows.Count);
    }

    private static string TextOf(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
