using System.CommandLine;
using Serverless.Local.Display;
using Serverless.Local.Running;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql show</c>: a result table of a state folder, or which there are.</summary>
internal static class ShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var table = new Argument<string?>("TABLE") { Description = "The table, by its name in the script; unless given, the names of all are printed", Arity = ArgumentArity.ZeroOrOne };
        var (state, limit) = (StateOption.Create(), StateOption.CreateLimit(100));
        var command = new Command("show", "Show a table that --embedded-sinks keeps, in the order of its key") { table, state, limit };
        command.SetAction((result, stop) => Task.FromResult(Show(result.GetValue(table), result.GetRequiredValue(state), StateOption.LimitOf(result.GetRequiredValue(limit)), terminal, stop)));
        return command;
    }

    private static int Show(string? table, string state, int limit, Terminal terminal, CancellationToken stop)
    {
        using var results = ResultsReader.Open(state);
        if (table is null)
        {
            QueryTable.Print(terminal, null, results.Query("SELECT name AS \"table\" FROM sqlite_master WHERE type = 'table' ORDER BY name", [], int.MaxValue, stop));
            return ExitCode.Ok;
        }
        var name = results.Tables().FirstOrDefault(t => t.Equals(table, StringComparison.OrdinalIgnoreCase)) ?? throw results.NoTable(table);
        var key = results.Query("SELECT name FROM pragma_table_info($0) WHERE pk > 0 ORDER BY pk", [name], int.MaxValue, stop).Rows;
        var order = key.Count == 0 ? "" : $" ORDER BY {string.Join(", ", key.Select(k => ResultTables.Quote((string)k[0])))}";
        QueryTable.Print(terminal, name, results.Query($"SELECT * FROM {ResultTables.Quote(name)}{order}", [], limit, stop));
        return ExitCode.Ok;
    }
}
