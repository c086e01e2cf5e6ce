using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What <c>kafka</c> and <c>upsert-kafka</c> have in common.</summary>
internal abstract class TopicConnector : Connector
{
    /// <inheritdoc />
    public override bool IsSource => true;

    /// <inheritdoc />
    public override bool IsSink => true;

    /// <summary>Why a table of topics that are named has no interval of discovery.</summary>
    protected const string NewPartitions = "new partitions are looked for every 10 seconds";

    /// <summary>The options of both.</summary>
    protected static IEnumerable<OptionRule> Common =>
    [
        OptionRule.Used("generation", OptionChecks.NotEmpty) with { Use = TableUse.Source },
        OptionRule.Used("scale.lag-threshold", OptionChecks.Count) with { Use = TableUse.Source },
        OptionRule.Used(DeadLetterTopic.Option, KafkaConnector.Topic) with { Use = TableUse.Source },
        .. OptionRule.Ignored(NoSubtasks, "scan.parallelism"),
        OptionRule.Used("scan.watermark.idle-timeout", OptionChecks.Duration) with { Use = TableUse.Source },
        .. OptionRule.Ignored("it does not change when a watermark passes", "scan.watermark.emit.strategy", "scan.watermark.alignment.group", "scan.watermark.alignment.max-drift", "scan.watermark.alignment.update-interval"),
        OptionRule.Used("sink.delivery-guarantee", Guarantee, "sink.semantic") with { Use = TableUse.Sink },
        .. OptionRule.Ignored("no transactions are made", "sink.transactional-id-prefix"),
        .. OptionRule.Ignored("a record goes to the partition of its key, and without one to any", "sink.partitioner"),
        .. SinkOptions,
        .. FormatOptions.OfValue,
        .. FormatOptions.OfKey,
    ];

    /// <inheritdoc />
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

    /// <inheritdoc />
    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (!table.Options.TryGet(out _, KafkaProperty.Prefix + "bootstrap.servers", KafkaProperty.Prefix + "metadata.broker.list"))
            diagnostics.Error(table.Span, $"'{Name}' table '{table.Name}' needs the option 'properties.bootstrap.servers'");
        if (table.Options.TryGet(out var letters, DeadLetterTopic.Option) && table.Options.TryGet(out var topic, "topic") && letters.Value == topic.Value)
            diagnostics.Error(letters.ValueSpan, DeadLetterTopic.OwnSource);
        KafkaSecurityChecks.Check(table, diagnostics);
        FormatOptions.Check(table, use, IsUpsert, diagnostics);
    }

    private static string? Guarantee(string value) => value.ToUpperInvariant().Replace('_', '-') switch
    {
        "AT-LEAST-ONCE" or "NONE" => null,
        "EXACTLY-ONCE" => "can only be 'at-least-once': no transactions are made, and after a crash some records are written again; the rows of an 'upsert-kafka' table are the same then",
        _ => "must be 'at-least-once'",
    };
}
