using System.CommandLine;
using System.Globalization;
using Serverless.Connectors;
using Serverless.Engine.Sql;
using Serverless.Local.Display;
using Serverless.Local.Display.Results;
using Serverless.Local.Running;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql dead-letters</c>: what was set aside, why, and once more.</summary>
internal static class DeadLettersCommand
{
    public static Command Create(Terminal terminal, Func<string, string?> settings) => new("dead-letters", "List, show and send again the records and rows that jobs set aside in the state folder")
    {
        CreateList(terminal),
        CreateShow(terminal),
        CreateReplay(terminal, settings),
    };

    private static Command CreateList(Terminal terminal)
    {
        var (state, job, limit) = (StateOption.Create(), JobOption(), StateOption.CreateLimit(100));
        var command = new Command("list", "List dead letters, each with its id and reason") { state, job, limit };
        command.SetAction((result, stop) => Task.FromResult(List(result.GetRequiredValue(state), result.GetValue(job), StateOption.LimitOf(result.GetRequiredValue(limit)), terminal, stop)));
        return command;
    }

    private static Command CreateShow(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "The letter's id, as list prints it" };
        var state = StateOption.Create();
        var command = new Command("show", "Show a dead letter with its value") { id, state };
        command.SetAction((result, stop) => Task.FromResult(Show(result.GetRequiredValue(id), result.GetRequiredValue(state), terminal, stop)));
        return command;
    }

    private static Command CreateReplay(Terminal terminal, Func<string, string?> settings)
    {
        var (scripts, state, job) = (ScriptArguments.Create(), StateOption.Create(), JobOption());
        var command = new Command("replay", "Send records to their topics again, at the brokers of the scripts, and remove their letters. A job whose script changed reads its topic anew and needs none")
        {
            scripts, state, job,
        };
        command.SetAction((result, stop) => ReplayAsync(result.GetRequiredValue(scripts), result.GetRequiredValue(state), result.GetValue(job), terminal, settings, stop));
        return command;
    }

    private static Option<string?> JobOption() => new("--job") { Description = "Only the letters of this job", HelpName = "NAME" };

    private static int List(string state, string? job, int limit, Terminal terminal, CancellationToken stop)
    {
        using var results = ResultsReader.Open(state);
        var (letters, hasMore) = KeptLetter.Read(results, job, null, limit, stop);
        foreach (var letter in letters)
            if (terminal.IsJson)
                terminal.Put(ResultOf(letter));
            else
                terminal.Say($"{letter.Id}: {letter.Reason}".ReplaceLineEndings(" "));
        if (letters.Count == 0)
            terminal.Note(NoneIn(results));
        if (hasMore)
            terminal.Note($"There are more than {letters.Count:N0} dead letters: --limit shows more");
        return ExitCode.Ok;
    }

    private static int Show(string id, string state, Terminal terminal, CancellationToken stop)
    {
        using var results = ResultsReader.Open(state);
        if (KeptLetter.Read(results, null, id, 1, stop).Letters is not [var letter])
            throw new CommandException($"there is no dead letter '{id}' in '{results.File}': 'dead-letters list' prints the ids");
        if (terminal.IsJson)
        {
            terminal.Put(ResultOf(letter));
            return ExitCode.Ok;
        }
        terminal.Say($"job     {letter.Job}");
        terminal.Say($"from    {LetterPlace.Of(letter.Topic, letter.Partition, letter.Offset, letter.Row)}");
        terminal.Say($"reason  {letter.Reason}");
        terminal.Say($"value   {ResultTables.TextOf(letter.Value)}");
        return ExitCode.Ok;
    }

    private static async Task<int> ReplayAsync(string[] names, string state, string? job, Terminal terminal, Func<string, string?> settings, CancellationToken stop)
    {
        var scripts = ScriptFiles.Compile(names);
        if (!scripts.Report(terminal, Severity.Error))
            return ExitCode.BadUsage;
        if (File.Exists(Path.Combine(state, StateFolder.EmbeddedMark)))
            throw new CommandException($"the dead letters in '{state}' are of a broker that ended with its run: run the script again, with the corrected lines in --feed");
        using var loggers = new TerminalLoggers(terminal);
        var replay = new Replay(new ConnectorFactory(settings, loggers), loggers);
        using var results = ResultsReader.Open(state);
        var (letters, _) = KeptLetter.Read(results, job, null, int.MaxValue, stop);
        var records = letters.Where(l => l.Topic is not null).ToList();
        foreach (var topic in replay.Plan(records, [.. scripts.SelectMany(s => s.Jobs)]))
        {
            var sent = await replay.SendAsync(topic, stop);
            Replay.Remove(results.File, topic.Letters);
            if (terminal.IsJson)
                terminal.Put(new SentResult(topic.Name, sent));
            terminal.Tell($"{sent:N0} record{(sent == 1 ? "" : "s")} sent to {topic.Name}");
        }
        if (letters.Count == 0)
            terminal.Note(NoneIn(results));
        if (letters.Count == records.Count)
            return ExitCode.Ok;
        terminal.Warn(string.Create(CultureInfo.InvariantCulture, $"{letters.Count - records.Count:N0} of the dead letters are rows, which no topic takes: they stay. 'run --rewrite' writes all rows of the state again"));
        return ExitCode.Failed;
    }

    private static Message NoneIn(ResultsReader results) =>
        $"There are no dead letters in {results.File}; those of a job that reads Kafka and writes a database are in its dead-letter topic, which explain names";

    private static DeadLetterResult ResultOf(KeptLetter letter) => new(
        letter.Id, letter.Job, letter.Topic, letter.Partition, letter.Offset, letter.Row, letter.Reason, letter.Value as string,
        letter.Value is byte[] bytes ? Convert.ToBase64String(bytes) : null);
}
