using System.CommandLine;
using Serverless.Local.Display;
using Serverless.Local.Running;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql query</c>: a question to the result tables and dead letters of a state folder.</summary>
internal static class QueryCommand
{
    public static Command Create(Terminal terminal)
    {
        var sql = new Argument<string>("SQL") { Description = "The SELECT, in SQLite's SQL. The tables have their names in the script; dead letters are in dead_letters" };
        var (state, limit) = (StateOption.Create(), StateOption.CreateLimit(1000));
        var command = new Command("query", "Ask the tables and dead letters that --embedded-sinks keeps, also while a run writes them") { sql, state, limit };
        command.SetAction((result, stop) => Task.FromResult(Ask(result.GetRequiredValue(sql), result.GetRequiredValue(state), StateOption.LimitOf(result.GetRequiredValue(limit)), terminal, stop)));
        return command;
    }

    private static int Ask(string sql, string state, int limit, Terminal terminal, CancellationToken stop)
    {
        using var results = ResultsReader.Open(state);
        QueryTable.Print(terminal, null, results.Query(sql, limit, stop));
        return ExitCode.Ok;
    }
}
