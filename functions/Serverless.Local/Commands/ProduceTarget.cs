using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Local.Commands;

/// <summary>How <c>produce</c> reaches its brokers: as the options of the command line say, or as a script's table does.</summary>
/// <param name="settings">Gives the value of a <c>${NAME}</c>.</param>
internal sealed partial class ProduceTarget(Func<string, string?> settings)
{
    /// <summary>Returns brokers that are reached with some of Kafka's client properties.</summary>
    /// <param name="brokers">The brokers.</param>
    /// <param name="config">The properties, each as <c>name=value</c>.</param>
    /// <exception cref="CommandException">One is unknown or wrong, or is a secret that stands on the command line.</exception>
    public KafkaSettings At(string brokers, IReadOnlyList<string> config)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in config)
        {
            if (property.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw new CommandException($"'--config {property}' must be a name and a value, as in '--config security.protocol=SASL_SSL'");
            if (SecretOptions.SaysSecret(new TableOption(name, value, default, default)))
                throw new CommandException($"'--config {name}=…' shows a secret to everyone who sees this machine's processes: set an environment variable, and write '{name}=${{NAME}}', in single quotes");
            if (name is "bootstrap.servers" or "properties.bootstrap.servers")
                throw new CommandException($"'--config {name}=…' says what --brokers says: leave it out");
            if (!properties.TryAdd(name, value))
                throw new CommandException($"'--config {name}=…' is given twice: keep one");
        }
        try
        {
            return KafkaSettings.From(brokers, properties, new Placeholders(settings), NameOptions);
        }
        catch (ConnectorException e)
        {
            throw new CommandException(NameOptions(e.Message));
        }
    }

    /// <summary>Returns the brokers of the table with which a script reads a topic, reached as the script says, and the jobs that read it, each with its table.</summary>
    /// <exception cref="CommandException">The script has errors, or does not read the topic.</exception>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public (KafkaSettings Settings, IReadOnlyList<(Job Job, TableDefinition Table)> Readers) Of(string topic, string script, Terminal terminal)
    {
        var scripts = ScriptFiles.Compile([script]);
        if (!scripts.Report(terminal, Severity.Error))
            throw new CommandException($"{script} has errors, so it does not say how to reach its brokers");
        var connectors = new ConnectorFactory(settings, NullLoggerFactory.Instance);
        var sources = scripts.SelectMany(s => s.Jobs).Where(j => ConnectorFactory.IsTopic(j.Source)).Select(j => (Job: j, Settings: connectors.KafkaSettingsOf(j.Source))).ToList();
        var readers = sources.Where(s => s.Job.Sources.Any(t => connectors.Reads(t, topic))).ToList();
        return readers is [var first, ..]
            ? (first.Settings, [.. readers.Select(r => (r.Job, r.Job.Sources.First(t => connectors.Reads(t, topic))))])
            : throw new CommandException($"{script} does not read the topic '{topic}'; it reads {(sources.Count == 0 ? "none" : string.Join(", ", sources.Select(s => $"'{s.Settings.Topic}'").Distinct()))}");
    }

    // Errors name the options of a table; here they stand on the command line.
    private static string NameOptions(string message) =>
        TableOptionName().Replace(message, m => m.Groups["name"].Value == "bootstrap.servers" ? "--brokers" : $"'--config {m.Groups["name"]}{(m.Groups["value"].Success ? $"={m.Groups["value"]}" : "")}'");

    [GeneratedRegex("'properties\\.(?<name>[^']+)'(?: = '(?<value>[^']*)')?")]
    private static partial Regex TableOptionName();
}
