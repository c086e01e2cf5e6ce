using System.CommandLine;
using Serverless.Engine.Sql;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql check</c>: every error of every script in one go.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var scripts = ScriptArguments.Create();
        var command = new Command("check", "Show every error, warning and notice of SQL scripts, without running them") { scripts };
        command.SetAction(result => Check(result.GetRequiredValue(scripts), terminal));
        return command;
    }

    private static int Check(string[] names, Terminal terminal)
    {
        var scripts = ScriptFiles.Compile(names);
        var ok = scripts.Report(terminal, Severity.Notice);
        foreach (var script in scripts)
        {
            var errors = script.Diagnostics.Count(d => d.Severity == Severity.Error);
            var jobs = string.Join(", ", script.Jobs.Select(j => j.Name));
            terminal.Say($"{script.Source.Name}: {(errors == 0 ? $"ok ({jobs})" : errors == 1 ? "1 error" : $"{errors} errors")}");
        }
        return ok ? ExitCode.Ok : ExitCode.BadUsage;
    }
}
