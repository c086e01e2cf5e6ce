using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>upsert-kafka</c>: a topic whose keys are the rows' primary keys; the last record of a key is its row, and one without a value deletes it.</summary>
internal sealed class UpsertKafkaConnector : TopicConnector
{
    private const string FromBeginning = "the topic is read from its beginning, or the rows would not be known";

    public override string Name => "upsert-kafka";

    public override bool IsUpsert => true;

    public override bool NeedsPrimaryKey => true;

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Required("topic", KafkaConnector.Topic),
        .. OptionRule.Ignored(NewPartitions, TopicPattern.Interval),
        .. Common,
        OptionRule.Refused("scan.startup.mode", FromBeginning),
        OptionRule.Refused("scan.startup.timestamp-millis", FromBeginning),
        OptionRule.Refused("scan.startup.specific-offsets", FromBeginning),
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        base.CheckTogether(table, use, diagnostics);
        if (!table.Options.TryGet(out _, "key.format"))
            diagnostics.Error(table.Span, $"'{Name}' table '{table.Name}' needs the option 'key.format': the key says which row a record is of");
        if (table.PrimaryKey.Count == 0)
            diagnostics.Error(table.Span, $"'{Name}' table '{table.Name}' needs a PRIMARY KEY: the key of its records");
    }

    public override ConnectorTraits TraitsOf(TableDefinition table) => base.TraitsOf(table) with
    {
        Target = table.Options.TryGet(out var topic, "topic") && table.Options.TryGet(out var brokers, "properties.bootstrap.servers") ? $"{topic.Value} {brokers.Value}" : null,
        TakesNested = true,
        DeletesRows = true,
    };
}
