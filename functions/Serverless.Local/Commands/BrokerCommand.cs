using System.CommandLine;
using System.Globalization;
using Serverless.Connectors.Kafka;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql broker</c>: a Kafka broker for trying things out, as a process of its own.</summary>
internal static class BrokerCommand
{
    public static Command Create(Terminal terminal)
    {
        var topics = new Argument<string[]>("TOPIC:PARTITIONS") { Description = $"Topics to make, such as pv-uv:3; others are made when they are written to, with {EmbeddedBroker.DefaultPartitions} partitions", Arity = ArgumentArity.ZeroOrMore };
        var port = new Option<string?>("--port") { Description = "The port on this machine that clients begin at; a free one unless given. The broker then sends them on to its own", HelpName = "PORT" };
        var command = new Command("broker", "Run a Kafka broker for trying things out, until Ctrl+C: in memory, without users or TLS, about 5 MB a partition") { topics, port };
        command.SetAction((result, stop) => RunAsync([.. (result.GetValue(topics) ?? []).Select(Parse)], ParsePort(result.GetValue(port)), terminal, stop));
        return command;
    }

    private static async Task<int> RunAsync((string Topic, int Partitions)[] topics, int? port, Terminal terminal, CancellationToken stop)
    {
        using var broker = new EmbeddedBroker();
        foreach (var (topic, partitions) in topics)
            broker.CreateTopic(topic, partitions);
        await using var forward = port is null ? null : PortForward.Open(port.Value, broker.BootstrapServers);
        var address = forward?.Address ?? broker.BootstrapServers;
        if (terminal.IsJson)
            terminal.Put(new AddressResult(address));
        else
            terminal.Say($"bootstrap.servers={address}");
        await terminal.Output.FlushAsync(stop);
        terminal.Note("Running until Ctrl+C.");
        await Stopped.WaitAsync(stop);
        return ExitCode.Ok;
    }

    private static int? ParsePort(string? text)
    {
        if (text is null)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new CommandException($"'{text}' is no port: it must be from 1 to 65535");
    }

    private static (string Topic, int Partitions) Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var topic = colon < 0 ? text : text[..colon];
        var partitions = EmbeddedBroker.DefaultPartitions;
        if (topic.Length == 0 || (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out partitions) || partitions is < 1 or > 1000)))
            throw new CommandException($"'{text}' is no topic with its number of partitions: write it as 'pv-uv:3', with 1 to 1000 partitions");
        return (topic, partitions);
    }
}
