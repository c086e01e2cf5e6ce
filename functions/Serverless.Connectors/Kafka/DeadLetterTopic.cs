using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Kafka;

/// <summary>The topic that the dead letters of a <c>kafka</c> table go to.</summary>
public static class DeadLetterTopic
{
    internal const string Option = "dead-letter.topic";
    internal const string OwnSource = $"'{Option}' must be another topic than 'topic', or the job would read its own dead letters";

    /// <summary>The topic as the script has it, placeholders and all; null if the table is of another connector.</summary>
    public static string? Of(TableDefinition table) =>
        !ConnectorCatalog.TryGetName(table, out var connector) || ConnectorCatalog.Find(connector.Value) is not TopicConnector ? null
        : table.Options.TryGet(out var named, Option) ? named.Value
        : table.Options.TryGet(out var topic, "topic") ? Default(topic.Value)
        : TopicPattern.IsOf(table) ? Default(table.Name)
        : null;

    internal static string Default(string topic) => $"{topic}.dead-letter";
}
