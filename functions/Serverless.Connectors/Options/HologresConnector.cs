using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>hologres</c>: a sink over the PostgreSQL wire protocol. Names are those of VVR 8 and 11.</summary>
internal sealed class HologresConnector : Connector
{
    private const string Replaced = "a group's row changes as events come, so it is always replaced";
    private const string Protocol = "rows go over the PostgreSQL wire protocol";

    public override string Name => "hologres";

    public override bool IsSink => true;

    public override bool NeedsPrimaryKey => true;

    public override string WrongUse => "; read from a 'kafka' table";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Required("endpoint", Endpoint),
        OptionRule.Required("dbname"),
        OptionRule.Required("tablename", null, "table-name"),
        OptionRule.Required("username", null, "user-name"),
        OptionRule.Required("password"),
        OptionRule.Used("connection.ssl.mode", OptionChecks.OneOf("disable", "require", "verify-ca", "verify-full")),
        OptionRule.Used("connection.ssl.root-cert.location", OptionChecks.NotEmpty),
        OptionRule.Used("mutatetype", MutateType, "sink.on-conflict-action"),
        DatabaseOptions.VersionColumn,
        DatabaseOptions.MustBeFalse("ignoreNullWhenUpdate", "a row is written as a whole"),
        DatabaseOptions.MustBeFalse("sink.ignore-null-when-update.enabled", "a row is written as a whole"),
        .. OptionRule.Ignored(DatabaseOptions.Deletes, "ignoredelete", "sink.delete-strategy"),
        .. OptionRule.Ignored(
            DatabaseOptions.Retries,
            "jdbcRetryCount", "jdbcRetrySleepInitMs", "jdbcRetrySleepStepMs", "retry-count", "retry-sleep-step-ms"),
        .. OptionRule.Ignored(
            DatabaseOptions.Batching,
            "jdbcWriteBatchSize", "jdbcWriteBatchByteSize", "jdbcWriteBatchTotalByteSize", "jdbcWriteFlushInterval",
            "sink.insert.batch-size", "sink.insert.batch-byte-size", "sink.insert.flush-interval-ms"),
        .. OptionRule.Ignored(
            Protocol,
            "sdkMode", "sink.write-mode", "useRpcMode", "bulkload", "connectionSize", "connectionPoolName", "connectionPoolSize",
            "connection.pool.size", "connection.pool.name", "connection.pool.max-idle-ms", "jdbcConnectionMaxIdleMs", "jdbcMetaCacheTTL", "meta-cache-ttl-ms",
            "jdbcMetaAutoRefreshFactor", "jdbcCopyWriteFormat", "jdbcCopyWriteDirectConnect", "property-version", "field_delimiter",
            "type-mapping.timestamp-converting.legacy", "enable_filter_push_down", "aggressive.enabled", "sink.aggressive.enabled"),
        .. OptionRule.Ignored(Replaced, "deduplication.enabled", "sink.deduplication.enabled", "partial-insert.enabled", "sink.partial-insert.enabled"),
        .. OptionRule.Ignored("NUL characters are always removed, as the database cannot hold them", "remove-u0000-in-text.enabled", "sink.remove-u0000-in-text.enabled"),
        .. OptionRule.Ignored("a NULL is written as NULL", "jdbcEnableDefaultForNotNullColumn", "sink.default-for-not-null-column.enabled"),
        OptionRule.Refused("partitionrouter", "name the partition's own table in 'tablename'"),
        OptionRule.Refused("createparttable", "create the partitions in the database"),
        OptionRule.Refused("sink.create-missing-partition", "create the partitions in the database"),
        OptionRule.Refused("check-and-put.column", "use 'sink.version-column'"),
        OptionRule.Refused("check-and-put.operator", "use 'sink.version-column'"),
        OptionRule.Refused("check-and-put.null-as", "use 'sink.version-column'"),
        .. DatabaseOptions.Lookups,
        .. SinkOptions,
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics) =>
        DatabaseOptions.CheckCredentials(table, diagnostics, "password");

    private static string? Endpoint(string value)
    {
        var colon = value.LastIndexOf(':');
        return colon > 0 && OptionChecks.Port(value[(colon + 1)..]) is null ? null : "must be 'host:port'";
    }

    private static string? MutateType(string value) => value.ToUpperInvariant() switch
    {
        "INSERTORREPLACE" or "INSERTORUPDATE" or "INSERT_OR_REPLACE" or "INSERT_OR_UPDATE" => null,
        "INSERTORIGNORE" or "INSERT_OR_IGNORE" => $"can only be 'insertorreplace' or 'insertorupdate': {Replaced}",
        _ => "must be 'insertorreplace' or 'insertorupdate'",
    };
}
