using System.CommandLine;
using Serverless.Connectors.Kafka;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql explain</c>: what each job does, in words.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var scripts = ScriptArguments.Create();
        var command = new Command("explain", "Show what each job of SQL scripts reads, groups by, computes and writes, without running it") { scripts };
        command.SetAction(result => Explain(result.GetRequiredValue(scripts), terminal));
        return command;
    }

    private static int Explain(string[] names, Terminal terminal)
    {
        var scripts = ScriptFiles.Compile(names);
        var ok = scripts.Report(terminal, Severity.Error);
        var isFirst = true;
        foreach (var job in scripts.SelectMany(s => s.Jobs))
        {
            var plan = Plan.Of(job);
            IReadOnlyList<(string Label, string Text)> lines = [.. plan.SkipLast(1), ("dead letters", DeadLettersOf(job)), plan[^1]];
            if (terminal.IsJson)
            {
                terminal.Put(ResultOf(job, lines));
                continue;
            }
            if (!isFirst)
                terminal.Say("");
            isFirst = false;
            terminal.Say($"job {job.Name} ({job.Script.Name})");
            var width = lines.Max(l => l.Label.Length);
            foreach (var (label, text) in lines)
                terminal.Say($"  {label.PadRight(width)}  {text.Replace("\n", $"\n{new string(' ', width + 4)}", StringComparison.Ordinal)}");
        }
        return ok ? ExitCode.Ok : ExitCode.BadUsage;
    }

    // A plan shows the sink's columns indented under it.
    private static PlanResult ResultOf(Job job, IEnumerable<(string Label, string Text)> lines)
    {
        var isColumn = lines.Select(l => new PlanLine(l.Label.TrimStart(), l.Text)).Zip(lines).ToLookup(l => l.Second.Label.StartsWith(' '), l => l.First);
        return new PlanResult(job.Name, job.Script.Name, [.. isColumn[false]], [.. isColumn[true]]);
    }

    private static string DeadLettersOf(Job job) =>
        DeadLetterTopic.Of(job.Source) is { } topic ? $"topic {topic}; embedded: the table dead_letters" : "the table dead_letters";
}
