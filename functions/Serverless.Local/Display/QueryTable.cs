using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Local.Display.Results;
using Serverless.Local.Running;
using Spectre.Console;

namespace Serverless.Local.Display;

/// <summary>Prints what a query came to.</summary>
internal static class QueryTable
{
    private const long GreatestExact = 1L << 53;

    /// <summary>Prints rows: in a terminal in a frame, in a pipe a line each, in JSON an object each.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="table">The table that they are of; null if they are of several.</param>
    /// <param name="found">The rows.</param>
    public static void Print(Terminal terminal, string? table, QueryRows found)
    {
        if (terminal.IsJson)
            foreach (var row in found.Rows)
                terminal.Put(new RowResult(table, JsonOf(found.Columns, row)));
        else if (terminal.OutputConsole is { } console)
            console.Write(FrameOf(found));
        else
            PrintLines(terminal, found);
        if (found.HasMore)
            terminal.Note($"There are more than {found.Rows.Count:N0} rows: --limit shows more");
    }

    private static void PrintLines(Terminal terminal, QueryRows found)
    {
        terminal.Say(string.Join(" | ", found.Columns));
        foreach (var row in found.Rows)
            terminal.Say(string.Join(" | ", row.Select(ResultTables.TextOf)));
    }

    private static Table FrameOf(QueryRows found)
    {
        var view = new Table().Border(TableBorder.Rounded);
        foreach (var column in found.Columns)
            view.AddColumn(new TableColumn(new Text(ControlCharacters.Escape(column), new Style(decoration: Decoration.Bold))));
        foreach (var row in found.Rows)
            view.AddRow(row.Select(v => new Text(ControlCharacters.Escape(ResultTables.TextOf(v)))));
        return view;
    }

    private static JsonObject JsonOf(IReadOnlyList<string> columns, object[] row)
    {
        var values = new JsonObject();
        for (var i = 0; i < row.Length; i++)
        {
            // A join may have a name twice.
            var name = columns[i];
            for (var again = 2; values.ContainsKey(name); again++)
                name = string.Create(CultureInfo.InvariantCulture, $"{columns[i]}_{again}");
            values[name] = row[i] switch
            {
                DBNull => null,
                long number when number is >= -GreatestExact and <= GreatestExact => JsonValue.Create(number),
                double number when double.IsFinite(number) => JsonValue.Create(number),
                var value => JsonValue.Create(ResultTables.TextOf(value)),
            };
        }
        return values;
    }
}
