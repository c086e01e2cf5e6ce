namespace Serverless.Connectors.Options;

/// <summary>Connectors of Flink and others that there are not here, and what takes their place.</summary>
internal static class OtherConnectors
{
    private static readonly string[] Stores =
        ["clickhouse", "doris", "dynamodb", "hbase", "hive", "hudi", "iceberg", "kudu", "mongodb", "paimon", "redis", "starrocks"];

    /// <summary>Returns what to write in a connector's place; null if it is not known.</summary>
    public static string? InsteadOf(string name) =>
        Is(name, "faker") || Is(name, "values") ? "'datagen' makes up rows"
        : name.EndsWith("-cdc", StringComparison.OrdinalIgnoreCase) ? "a database's changes are read from a topic: write them to Kafka with Debezium, and read a 'kafka' table with 'format' = 'debezium-json'"
        // With a version behind it: hbase-2.2.
        : Array.Exists(Stores, s => Is(name.Split('-')[0], s)) ? "write to a table of a database ('hologres', 'mysql', 'jdbc'), or to an 'upsert-kafka' topic from which Kafka Connect fills the other store"
        : null;

    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
