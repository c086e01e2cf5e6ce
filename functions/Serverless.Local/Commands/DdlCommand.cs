using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql ddl</c>: what makes the tables that scripts write.</summary>
internal static class DdlCommand
{
    private static readonly Dictionary<string, MySqlFlavour> Flavours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["8.0"] = MySqlFlavour.MySql80, ["5.7"] = MySqlFlavour.MySql57, ["mariadb"] = MySqlFlavour.MariaDb,
    };

    private const string PostgreSql = "postgresql";

    public static Command Create(Terminal terminal, Func<string, string?> settings)
    {
        var scripts = ScriptArguments.Create();
        var mySql = new Option<string>("--mysql") { Description = "The server that MySQL tables are for: 8.0 (and later), 5.7 or mariadb", HelpName = "VERSION", DefaultValueFactory = _ => "8.0" };
        mySql.AcceptOnlyFromAmong([.. Flavours.Keys]);
        var hologres = new Option<string>("--hologres") { Description = "What Hologres tables are for: hologres, or postgresql in its place", HelpName = "SERVER", DefaultValueFactory = _ => "hologres" };
        hologres.AcceptOnlyFromAmong("hologres", PostgreSql);
        var command = new Command("ddl", "Print the CREATE TABLE of every database table that SQL scripts write, without connecting") { scripts, mySql, hologres };
        command.SetAction(result => Print(result.GetRequiredValue(scripts), Flavours[result.GetRequiredValue(mySql)], result.GetRequiredValue(hologres) == PostgreSql, terminal, settings));
        return command;
    }

    private static int Print(string[] names, MySqlFlavour flavour, bool isPostgreSql, Terminal terminal, Func<string, string?> settings)
    {
        var scripts = ScriptFiles.Compile(names);
        // Half of the tables would look like all of them.
        if (!scripts.Report(terminal, Severity.Warning))
            return ExitCode.BadUsage;
        var connectors = new ConnectorFactory(settings, NullLoggerFactory.Instance);
        var tables = scripts.SelectMany(s => s.Jobs).GroupBy(j => (j.Script, Sink: j.Sink.Declared)).Select(g => (Jobs: g, Sql: connectors.CreateTableText(g.Key.Sink, flavour, isPostgreSql))).ToList();
        if (!terminal.IsJson)
            terminal.Output.Write(string.Join("\n", tables.Select(t => TextOf(t.Jobs, t.Sql))));
        else
            foreach (var (written, sql) in tables)
                terminal.Put(new TableTextResult(written.Key.Script.Name, written.Key.Sink.Name, [.. written.Select(j => j.Name)], sql));
        return ExitCode.Ok;
    }

    private static string TextOf(IGrouping<(SourceText Script, TableDefinition Sink), Job> jobs, string? sql)
    {
        var isOne = jobs.Count() == 1;
        var who = $"{(isOne ? "job" : "jobs")} {string.Join(", ", jobs.Select(j => j.Name))} ({jobs.Key.Script.Name}) {(isOne ? "writes" : "write")} '{jobs.Key.Sink.Name}'";
        return sql is null ? $"{Comment($"{who}, which is in no database: there is nothing to make")}\n" : $"{Comment(who)}\n{sql}\n";
    }

    // A name may hold a line break, and what follows it must not become SQL.
    private static string Comment(string text) => $"-- {text.ReplaceLineEndings(" ")}";
}
