using System.CommandLine;
using System.Globalization;
using Serverless.Local.Display.Results;
using Serverless.Local.Init;
using Serverless.Local.Running;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql init</c>: a script to begin with, made of a sample of events.</summary>
internal static class InitCommand
{
    private static readonly string[] Sinks = ["print", "hologres", "mysql", "postgresql"];

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string?>("FILE") { Description = "Events, a JSON object a line, of which the first 10,000 are read; the standard input unless given", Arity = ArgumentArity.ZeroOrOne };
        var sink = new Option<string>("--sink") { Description = "What the table is in: print, hologres, mysql or postgresql", HelpName = "KIND", DefaultValueFactory = _ => "print" };
        sink.AcceptOnlyFromAmong(Sinks);
        var topic = new Option<string?>("--topic") { Description = "The topic that the events come from; the file's name unless given", HelpName = "TOPIC" };
        var command = new Command("init", "Print a script for events like those of a file: the fields with their types, a key, counts and sums") { file, sink, topic };
        command.SetAction((result, stop) => PrintAsync(result.GetValue(file), result.GetRequiredValue(sink), result.GetValue(topic), terminal, stop));
        return command;
    }

    private static async Task<int> PrintAsync(string? file, string sink, string? topic, Terminal terminal, CancellationToken stop)
    {
        await using var lines = file is null ? terminal.OpenInput() : Feed.OpenFile(file);
        var sample = await Sample.ReadAsync(lines, stop);
        if (sample.Events == 0)
            throw new CommandException($"{file ?? "the standard input"} has no JSON object: init reads events, a JSON object a line");
        if (sample.Bad > 0)
            terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{sample.Bad:N0} of {sample.Events + sample.Bad:N0} lines are no JSON objects, and are left out"));
        foreach (var field in sample.Fields.Where(f => f.IsUnreadable))
            terminal.Warn($"the field '{field.Name}' is left out: no type reads {(field.Count == 0 ? "what is always null" : "arrays and empty objects")}");
        topic ??= file is null ? "events" : SqlName.PlainOf(Path.GetFileNameWithoutExtension(file));
        var script = ScriptDraft.Of(sample, topic, sink);
        if (terminal.IsJson)
            terminal.Put(new ScriptResult(script));
        else
            terminal.Output.Write(Display.ControlCharacters.Escape(script));
        terminal.Note($"Save it as {SqlName.PlainOf(topic)}.sql, and run it: serverless-sql run {SqlName.PlainOf(topic)}.sql --embedded --feed {topic}={file ?? "FILE.jsonl"}");
        return ExitCode.Ok;
    }
}
