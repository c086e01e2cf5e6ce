using System.CommandLine;
using System.Globalization;
using Serverless.Connectors.Kafka;
using Serverless.Local.Display;
using Serverless.Local.Display.Results;
using Serverless.Local.Running;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql produce</c>: sends lines to a topic.</summary>
internal static class ProduceCommand
{
    public static Command Create(Terminal terminal)
    {
        var topic = new Argument<string>("TOPIC") { Description = "The topic to send to" };
        var file = new Argument<string?>("FILE") { Description = "The file; the standard input unless given", Arity = ArgumentArity.ZeroOrOne };
        var brokers = new Option<string>("--brokers") { Description = "The brokers, several with commas between; they must ask for neither user nor TLS", HelpName = "HOST:PORT", Required = true };
        var key = new Option<string?>("--key") { Description = "The field whose value becomes a record's key, so that events with one value keep their order", HelpName = "FIELD" };
        var command = new Command("produce", "Send the lines of a file or of the standard input to a Kafka topic, each as a record") { topic, file, brokers, key };
        command.SetAction((result, stop) => RunAsync(
            result.GetRequiredValue(topic), result.GetValue(file), result.GetRequiredValue(brokers), result.GetValue(key), terminal, stop));
        return command;
    }

    private static async Task<int> RunAsync(string topic, string? file, string brokers, string? key, Terminal terminal, CancellationToken stop)
    {
        await using var lines = file is null ? terminal.OpenInput() : Feed.OpenFile(file);
        using var loggers = new TerminalLoggers(terminal);
        using var producer = new KafkaProducer(KafkaSettings.Plain(brokers), loggers.CreateLogger("produce"));
        long sent;
        try
        {
            sent = await SendBar.ShowWhileAsync(terminal, lines, progress => producer.SendLinesAsync(topic, lines, key, progress, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new CommandException("stopped before all was sent", ExitCode.Failed);
        }
        if (terminal.IsJson)
            terminal.Put(new SentResult(topic, sent));
        terminal.Tell(string.Create(CultureInfo.InvariantCulture, $"{sent:N0} record{(sent == 1 ? "" : "s")} sent to {topic}"));
        return ExitCode.Ok;
    }
}
