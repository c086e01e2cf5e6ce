using Serverless.Connectors.Kafka;
using Serverless.Engine;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;

namespace Serverless.Local.Running;

/// <summary>What becomes the key of a record that is sent: the key that a table reads, or a field whose value puts the events of one group into one partition, so that they keep their order.</summary>
internal static class FeedKey
{
    /// <summary>Returns the first that a reader of the topic has; null if none has.</summary>
    /// <param name="readers">The jobs that read the topic, each with its table.</param>
    public static RecordKey? Of(IReadOnlyList<(Job Job, TableDefinition Table)> readers) =>
        OfTables(readers.Select(r => r.Table)) ?? (readers.Select(r => FieldOf(r.Job)).FirstOrDefault(f => f is not null) is { } field ? RecordKey.OfField(field) : null);

    /// <summary>Returns the first key that a table reads; null if none does.</summary>
    /// <param name="tables">The tables that read the topic.</param>
    public static RecordKey? OfTables(IEnumerable<TableDefinition> tables) => tables.Select(RecordKey.Of).FirstOrDefault(k => k is not null);

    private static string? FieldOf(Job job) =>
        job.Keys.Select(k => k.Scalar).OfType<ColumnScalar>().Select(c => job.Fields[c.Index]).FirstOrDefault(f => f.Path.Count == 1)?.Name;
}
