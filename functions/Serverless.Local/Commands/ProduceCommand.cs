using System.CommandLine;
using Serverless.Connectors.Files;
using Serverless.Connectors.Kafka;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Display;
using Serverless.Local.Display.Results;
using Serverless.Local.Running;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql produce</c>: sends lines to a topic.</summary>
internal static class ProduceCommand
{
    public static Command Create(Terminal terminal, Func<string, string?> settings)
    {
        var topic = new Argument<string>("TOPIC") { Description = "The topic to send to" };
        var file = new Argument<string?>("FILE") { Description = "The file; the standard input unless given", Arity = ArgumentArity.ZeroOrOne };
        var brokers = new Option<string?>("--brokers") { Description = "The brokers, several with commas between", HelpName = "HOST:PORT" };
        var config = new Option<string[]>("--config")
        {
            Description = "With --brokers: one of Kafka's client properties, as in security.protocol=SASL_SSL or 'sasl.password=${NAME}', where NAME is an environment variable; can be repeated",
            HelpName = "NAME=VALUE",
        };
        var script = new Option<string?>("--script") { Description = "Instead of --brokers: the script that reads the topic; its options say how to reach the brokers", HelpName = "SCRIPT" };
        var key = new Option<string?>("--key") { Description = "The field whose value becomes a record's key, so that events with one value keep their order; if none is given, the key that the script's table reads", HelpName = "FIELD" };
        var command = new Command("produce", "Send the lines of a file or of the standard input to a Kafka topic, each as a record") { topic, file, brokers, config, script, key };
        command.Validators.Add(result =>
        {
            if (result.GetValue(brokers) is null == result.GetValue(script) is null)
                result.AddError("say where the topic is with --brokers or with --script, one of them");
            else if (result.GetValue(script) is not null && result.GetValue(config) is { Length: > 0 })
                result.AddError("--config goes with --brokers: with --script, the script says how to reach them");
        });
        command.SetAction((result, stop) =>
        {
            var (to, target) = (result.GetRequiredValue(topic), new ProduceTarget(settings));
            return RunAsync(
                to,
                result.GetValue(file),
                result.GetValue(script) is { } path ? target.Of(to, path, terminal) : (target.At(result.GetRequiredValue(brokers)!, result.GetValue(config) ?? []), []),
                result.GetValue(key), terminal, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(string topic, string? file, (KafkaSettings Settings, IReadOnlyList<(Job Job, TableDefinition Table)> Readers) target, string? key, Terminal terminal, CancellationToken stop)
    {
        await using var lines = file is null ? terminal.OpenInput() : Feed.OpenFile(file);
        using var loggers = new TerminalLoggers(terminal);
        using var producer = new KafkaProducer(target.Settings, loggers.CreateLogger("produce"));
        var missing = new MissingFields(key, [.. target.Readers.Select(r => r.Job)]);
        var recordKey = key is null ? FeedKey.OfTables(target.Readers.Select(r => r.Table)) : RecordKey.OfField(key);
        long sent;
        try
        {
            sent = await SendBar.ShowWhileAsync(terminal, lines, progress => producer.SendAsync(topic, missing.WatchAsync(LineReader.ReadAllAsync(lines, stop)), recordKey, progress, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new CommandException("stopped before all was sent", ExitCode.Failed);
        }
        foreach (var warning in missing.Warnings())
            terminal.Warn(warning);
        if (terminal.IsJson)
            terminal.Put(new SentResult(topic, sent));
        terminal.Tell($"{sent:N0} record{(sent == 1 ? "" : "s")} sent to {topic}");
        return ExitCode.Ok;
    }
}
