using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Engine.Sql;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql check</c>: every error of every script in one go.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal, Func<string, string?> settings)
    {
        var scripts = ScriptArguments.Create();
        var connect = new Option<bool>("--connect") { Description = "Connect to the brokers and databases of the scripts, look for the topics, and compare the tables with the scripts" };
        var command = new Command("check", "Show every error, warning and notice of SQL scripts, without running them") { scripts, connect };
        command.SetAction((result, stop) => CheckAsync(result.GetRequiredValue(scripts), result.GetValue(connect), terminal, settings, stop));
        return command;
    }

    private static async Task<int> CheckAsync(string[] names, bool connect, Terminal terminal, Func<string, string?> settings, CancellationToken stop)
    {
        var scripts = ScriptFiles.Compile(names);
        if (!terminal.IsJson)
            scripts.Report(terminal, Severity.Notice);
        var tables = connect ? await TableInspection.InspectAsync(scripts, new ConnectorFactory(settings, NullLoggerFactory.Instance), reads: true, stop) : [];
        if (terminal.IsJson)
            Put(scripts, [.. tables.SelectMany(t => t.Value)], terminal);
        else
            Print(scripts, tables, terminal);
        return scripts.Any(s => s.HasErrors) || tables.Any(t => t.Value.Any(d => d.Severity == Severity.Error)) ? ExitCode.BadUsage : ExitCode.Ok;
    }

    private static void Print(IReadOnlyList<Script> scripts, Dictionary<Script, List<Diagnostic>> tables, Terminal terminal)
    {
        foreach (var found in tables.SelectMany(t => t.Value))
            terminal.Print(found);
        foreach (var script in scripts)
        {
            var found = tables.GetValueOrDefault(script);
            var errors = script.Diagnostics.Concat(found ?? []).Count(d => d.Severity == Severity.Error);
            var jobs = string.Join(", ", script.Jobs.Select(j => j.Name));
            terminal.Tell($"{script.Source.Name}: {(errors == 0 ? $"ok ({jobs}{(found is null ? "" : $"; tables {WarningsOf(found)}")})" : errors == 1 ? "1 error" : $"{errors} errors")}");
        }
    }

    private static void Put(IReadOnlyList<Script> scripts, List<Diagnostic> more, Terminal terminal)
    {
        List<Diagnostic> all = [.. scripts.SelectMany(s => s.Diagnostics), .. more];
        foreach (var found in all.Where(d => d.Severity > Severity.Notice || !terminal.IsQuiet))
        {
            var (line, column) = found.Source.Position(found.Span.Start);
            terminal.Put(new DiagnosticResult(found.Source.Name, line, column, Terminal.NameOf(found.Severity), found.Message));
        }
        terminal.Put(new CountsResult(scripts.Count, scripts.Sum(s => s.Jobs.Count), CountOf(Severity.Error), CountOf(Severity.Warning), CountOf(Severity.Notice)));

        int CountOf(Severity severity) => all.Count(d => d.Severity == severity);
    }

    private static string WarningsOf(List<Diagnostic> found) => found.Count switch
    {
        0 => "ok",
        1 => "with 1 warning",
        var count => $"with {count} warnings",
    };
}
