using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Databases;
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
        var tables = connect ? await InspectAsync(scripts, new ConnectorFactory(settings, NullLoggerFactory.Instance), stop) : [];
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

    // What there is to say of the topics and the databases' tables, by script; scripts without one are not in it.
    private static async Task<Dictionary<Script, List<Diagnostic>>> InspectAsync(IReadOnlyList<Script> scripts, ConnectorFactory connectors, CancellationToken stop)
    {
        var jobs = scripts.Where(s => !s.HasErrors).SelectMany(s => s.Jobs.Select(j => (Script: s, Job: j))).ToList();
        var sources = jobs.Select(j => (j.Script, Table: j.Job.Source)).Distinct().ToList();
        var sinks = jobs.Select(j => (j.Script, Table: j.Job.Sink)).Distinct().ToList();
        CheckSettings([.. sources.Select(s => (Action)(() => connectors.CheckSourceSettings(s.Table))), .. sinks.Select(s => (Action)(() => connectors.CheckSinkSettings(s.Table)))]);
        var found = new Dictionary<Script, List<Diagnostic>>();
        foreach (var (script, table) in sources)
            Add(script, table, await connectors.InspectSourceAsync(table, stop));
        foreach (var (script, table) in sinks)
            Add(script, table, await connectors.InspectSinkAsync(table, stop));
        return found;

        void Add(Script script, TableDefinition table, IReadOnlyList<Finding>? findings)
        {
            if (findings is null)
                return;
            if (!found.TryGetValue(script, out var diagnostics))
                found[script] = diagnostics = [];
            diagnostics.AddRange(findings.Select(f => DiagnosticOf(f, script, table)).OrderBy(d => d.Span.Start));
        }
    }

    private static Diagnostic DiagnosticOf(Finding finding, Script script, TableDefinition table) =>
        new(finding.Severity, script.Source, finding.Column is { } column ? table.Columns[column].Span : table.Span, finding.Message);

    // Every setting that is missing, in one go.
    private static void CheckSettings(IEnumerable<Action> checks)
    {
        var problems = new List<string>();
        foreach (var check in checks)
        {
            try
            {
                check();
            }
            catch (ConnectorException e)
            {
                problems.Add(e.Message);
            }
        }
        if (problems.Count > 0)
            throw new CommandException(string.Join('\n', problems.SelectMany(p => p.Split('\n')).Distinct()));
    }
}
