using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>kafka</c>: a source of JSON events.</summary>
internal sealed class KafkaConnector : Connector
{
    private const char Separator = ';';
    private const string SinkOnly = "only sinks have it";
    private const string Unbounded = "a topic is read on and on; stop the job when it has read what you want";
    private const string ValueOnly = "only a record's value is read";

    public override string Name => "kafka";

    public override bool IsSource => true;

    public override string WrongUse => "; write to a 'hologres', 'mysql', 'jdbc', 'print' or 'blackhole' table";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Required("topic", Topics),
        OptionRule.Refused("topic-pattern", "name the topics in 'topic', with a semicolon between them: 'a;b'"),
        .. JsonFormat.Options,
        OptionRule.Used(
            "scan.startup.mode",
            OptionChecks.OneOf("earliest-offset", "latest-offset", "group-offsets", "timestamp", "specific-offsets")),
        OptionRule.Used("scan.startup.timestamp-millis", OptionChecks.Milliseconds),
        OptionRule.Used("scan.startup.specific-offsets", StartupPosition.CheckOffsets),
        OptionRule.Used("generation", OptionChecks.NotEmpty),
        OptionRule.Used("scale.lag-threshold", OptionChecks.Count),
        OptionRule.Used(DeadLetterTopic.Option, Topic),
        OptionRule.Used("scan.bounded.mode", value => value.Equals("unbounded", StringComparison.OrdinalIgnoreCase) ? null : $"can only be 'unbounded': {Unbounded}"),
        OptionRule.Refused("scan.bounded.timestamp-millis", Unbounded),
        OptionRule.Refused("scan.bounded.specific-offsets", Unbounded),
        .. OptionRule.Ignored("new partitions are looked for every 30 seconds", "scan.topic-partition-discovery.interval"),
        .. OptionRule.Ignored(NoSubtasks, "scan.parallelism"),
        .. OptionRule.Ignored("watermarks are not used", "scan.watermark.emit.strategy", "scan.watermark.alignment.group", "scan.watermark.alignment.max-drift", "scan.watermark.alignment.update-interval", "scan.watermark.idle-timeout"),
        .. OptionRule.Ignored(
            SinkOnly,
            "sink.partitioner", "sink.semantic", "sink.delivery-guarantee", "sink.transactional-id-prefix", "sink.parallelism",
            "sink.buffer-flush.max-rows", "sink.buffer-flush.interval"),
        .. OptionRule.Ignored(ValueOnly, "key.format", "value.fields-include"),
        OptionRule.Refused("key.fields", $"{ValueOnly}: have the producer write the fields into the value"),
        OptionRule.Refused("key.fields-prefix", $"{ValueOnly}: have the producer write the fields into the value"),
    ];

    public override bool CheckOpenOption(TableOption option, Diagnostics diagnostics)
    {
        if (!KafkaProperty.TryParse(option, out var property))
            return false;
        switch (property.Kind)
        {
            case KafkaPropertyKind.Ignored:
                diagnostics.Notice(option.NameSpan, $"'{option.Name}' is ignored: {property.Note}");
                break;
            case KafkaPropertyKind.Refused:
                diagnostics.Error(option.NameSpan, $"'{option.Name}' cannot be used: {property.Note}");
                break;
            case KafkaPropertyKind.Unknown:
                if (Spelling.Nearest(option.Name, KafkaProperty.KnownNames.Select(n => KafkaProperty.Prefix + n)) is { } near)
                    diagnostics.Error(option.NameSpan, $"unknown Kafka property '{option.Name}'; did you mean '{near}'?");
                else
                    diagnostics.Notice(option.NameSpan, $"'{option.Name}' is no property of a Kafka client and is ignored, as Java's client does");
                break;
            default:
                if (property.Check(option.Value) is { } wrong)
                    diagnostics.Error(option.ValueSpan, $"'{option.Name}' {wrong}");
                break;
        }
        return true;
    }

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (!table.Options.TryGet(out _, KafkaProperty.Prefix + "bootstrap.servers", KafkaProperty.Prefix + "metadata.broker.list"))
            diagnostics.Error(table.Span, $"'kafka' table '{table.Name}' needs the option 'properties.bootstrap.servers'");
        if (table.Options.TryGet(out var mode, "scan.startup.mode"))
        {
            Needs("timestamp", "scan.startup.timestamp-millis");
            Needs("specific-offsets", "scan.startup.specific-offsets");
        }
        if (table.Options.TryGet(out var letters, DeadLetterTopic.Option) && table.Options.TryGet(out var topic, "topic") && letters.Value == topic.Value)
            diagnostics.Error(letters.ValueSpan, DeadLetterTopic.OwnSource);
        KafkaSecurityChecks.Check(table, diagnostics);

        void Needs(string value, string other)
        {
            if (mode.Value.Equals(value, StringComparison.OrdinalIgnoreCase) && !table.Options.TryGet(out _, other))
                diagnostics.Error(mode.ValueSpan, $"'scan.startup.mode' = '{value}' needs the option '{other}'");
        }
    }

    /// <summary>A table of several topics stands for one table of each, under its name.</summary>
    public override ConnectorTraits TraitsOf(TableDefinition table)
    {
        var topics = table.Options.TryGet(out var topic, "topic") ? topic.Value.Split(Separator, StringSplitOptions.TrimEntries) : [];
        if (topics.Length < 2)
            return base.TraitsOf(table);
        TableDefinition Of(string name) => table with { Options = new TableOptions([.. table.Options.All.Select(o => o == topic ? o with { Value = name } : o)]) };
        return base.TraitsOf(table) with { Parts = [.. topics.Distinct().Select(Of)] };
    }

    private static string? Topics(string value) => value.Split(Separator, StringSplitOptions.TrimEntries).Select(Topic).FirstOrDefault(wrong => wrong is not null);

    internal static string? Topic(string value) => value switch
    {
        _ when string.IsNullOrWhiteSpace(value) => "must not be empty",
        _ when value.Contains(';') || value.Contains(',') => "must name one topic; several in 'topic' have ';' between them",
        _ when value.Length > 249 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') =>
            "must be a topic's name: letters, digits, '.', '_' and '-'",
        _ => null,
    };
}
