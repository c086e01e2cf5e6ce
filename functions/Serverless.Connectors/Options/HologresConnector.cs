using Serverless.Connectors.Databases.Hologres;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>
/// <c>hologres</c>: a sink over the PostgreSQL wire protocol. Options have the names of Realtime Compute's VVR 8 and VVR 11 and of the open-source
/// connector; names of one thing are one option.
/// </summary>
internal sealed class HologresConnector : Connector
{
    public const string CheckColumn = "check-and-put.column";
    public const string CheckOperator = "check-and-put.operator";
    public const string CheckNullAs = "check-and-put.null-as";
    public const string IgnoresNull = "ignoreNullWhenUpdate";
    public const string RemovesNul = "sink.remove-u0000-in-text.enabled";
    public const string BatchBytes = "jdbcWriteBatchByteSize";

    private const string MutateTypeName = "mutatetype";
    private const string PartialInsert = "partial-insert.enabled";
    private const string AlsoPartialInsert = "sink.partial-insert.enabled";

    private const string Protocol = "rows go over one connection, with INSERT … ON CONFLICT over the PostgreSQL wire protocol";
    private const string SourceOnly = "only sources have it";
    private const string Latest = "the newest row of a key is written, once a batch";

    public override string Name => "hologres";

    public override bool IsSource => true;

    public override bool IsSink => true;

    public override bool IsLookup => true;

    public override bool NeedsPrimaryKey => true;

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Required("endpoint", Endpoint),
        OptionRule.Required("dbname"),
        OptionRule.Required("tablename", TableName, "table-name"),
        OptionRule.Required("username", null, "user-name"),
        OptionRule.Required("password"),
        DatabaseOptions.SslMode,
        DatabaseOptions.RootCertificate,
        OptionRule.Used(MutateTypeName, MutateType, "sink.on-conflict-action"),
        .. DeleteOptions.Rules,
        OptionRule.Used(IgnoresNull, OptionChecks.Boolean, "sink.ignore-null-when-update.enabled", "sink.ignore-null-when-update-by-expr.enabled"),
        OptionRule.Used(RemovesNul, OptionChecks.Boolean, "remove-u0000-in-text.enabled"),
        OptionRule.Used(CheckColumn, OptionChecks.NotEmpty, "sink.insert.check-and-put.column", "sink.check-and-put.column"),
        OptionRule.Used(CheckOperator, OptionChecks.OneOf([.. HologresSettings.Operators.Keys]), "sink.insert.check-and-put.operator", "sink.check-and-put.operator"),
        OptionRule.Used(CheckNullAs, null, "sink.insert.check-and-put.null-as", "sink.check-and-put.null-as"),
        OptionRule.Used(BatchBytes, OptionChecks.Bytes, "sink.insert.batch-byte-size"),
        DatabaseOptions.VersionColumn,
        .. SinkOptionsBeside(["jdbcWriteBatchSize", "sink.insert.batch-size"], ["jdbcWriteFlushInterval", "sink.insert.flush-interval-ms"]),
        .. OptionRule.Ignored(
            DatabaseOptions.Retries,
            "jdbcRetryCount", "jdbcRetrySleepInitMs", "jdbcRetrySleepStepMs", "retry-count", "retry-sleep-step-ms"),
        .. OptionRule.Ignored(
            "rows are batched by 'jdbcWriteBatchSize', 'jdbcWriteBatchByteSize' and 'jdbcWriteFlushInterval'",
            "jdbcWriteBatchTotalByteSize", "sink.insert.batch-total-byte-size", "aggressive.enabled", "sink.aggressive.enabled", "sink.aggressive-flush.enabled"),
        .. OptionRule.Ignored(
            Protocol,
            "sdkMode", "sink.write-mode", "useRpcMode", "bulkload", "connectionSize", "connectionPoolName", "connectionPoolSize",
            "connection.pool.size", "connection.pool.name", "connection.pool.max-idle-ms", "connection.max-idle-ms", "jdbcConnectionMaxIdleMs",
            "connection.fixed", "connection.fixed.enabled", "fixedConnectionMode", "connection.direct", "jdbcDirectConnect",
            "jdbcMetaCacheTTL", "meta-cache-ttl-ms", "connection.meta-cache-ttl-ms", "jdbcMetaAutoRefreshFactor",
            "jdbcCopyWriteMode", "jdbcCopyWriteFormat", "jdbcCopyWriteDirectConnect", "sink.copy.format", "jdbcUseLegacyPutHandler", "sink.insert.legacy-put-handler",
            "property-version", "field_delimiter", "sink.api-version-v2.enabled",
            "affect-rows.enabled", "sink.affect-rows.enabled", "serverless-computing.enabled", "serverless-computing.query-priority",
            "serverless-computing-query-priority"),
        .. OptionRule.Ignored("a statement may take 30 seconds, and is tried again", "statement-timeout-seconds"),
        .. OptionRule.Ignored(
            "one process writes a row, whatever its shard",
            "target-shards.enabled", "reshuffle-by-holo-distribution-key.enabled", "sink.reshuffle-by-holo-distribution-key.enabled"),
        .. OptionRule.Ignored(Latest, "deduplication.enabled", "sink.deduplication.enabled", "sink.hold-on-update-before.enabled"),
        OptionRule.Used(PartialInsert, OptionChecks.Boolean, AlsoPartialInsert),
        .. OptionRule.Ignored("the database puts a row into its partition", "partitionrouter"),
        .. OptionRule.Ignored(
            "a row that the database refuses becomes a dead letter",
            "sink.insert.dirty-data-strategy", "sink.dirty-data-check.enabled",
            "sink.multi-table.datatype-tolerant.enabled", "sink.multi-table.extra-column-tolerant.enabled"),
        DatabaseOptions.MustBeFalse(
            "jdbcEnableDefaultForNotNullColumn", "a NULL is written as NULL, so write what it is to become into the query, as in COALESCE(c, 0)", "sink.default-for-not-null-column.enabled"),
        DatabaseOptions.MustBeFalse("type-mapping.timestamp-converting.legacy", "times are converted by 'table.local-time-zone', never by a machine's zone"),
        DatabaseOptions.MustBeFalse("binlog", "the table is read once, as it is when the job starts; have its changes written to a topic", "source.binlog") with { Use = TableUse.Source },
        OptionRule.Used("generation", OptionChecks.NotEmpty) with { Use = TableUse.Source },
        .. OptionRule.Ignored(
            SourceOnly,
            "cdcMode", "upsertSource", "enable_filter_push_down", "source.filter-push-down.enabled", "source.scan.fetch-size",
            "source.scan.timeout-seconds", "jdbcScanFetchSize", "jdbcScanTimeoutSeconds"),
        .. OptionRule.Ignored("the keys of many records are asked for together", "jdbcReadBatchSize", "jdbcReadBatchQueueSize", "jdbcReadTimeoutMs", "lookup.read.batch-size", "lookup.read.batch-queue-size", "lookup.read.timeout-ms", "lookup.read.column-table.enabled"),
        .. OptionRule.Ignored(DatabaseOptions.Retries, "jdbcReadRetryCount"),
        DatabaseOptions.MustBeFalse("createparttable", "create the partitions in the database", "sink.create-missing-partition"),
        DatabaseOptions.MustBeFalse("connection.akv4.enabled", "sign in with a user and a password"),
        .. OptionRule.Ignored("'connection.akv4.enabled' is not there", "connection.akv4.region"),
        OptionRule.Refused("sink.insert.conflict-update-set", "a row is an absolute value, so write the expression into the query"),
        OptionRule.Refused("sink.insert.conflict-where", $"use '{CheckColumn}', or 'sink.version-column' to keep older rows from newer ones"),
        .. DatabaseOptions.Lookups,
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        DatabaseOptions.CheckVersionColumn(table, diagnostics);
        if (use == TableUse.Lookup)
            LookupOptions.Check(table, diagnostics);
        DatabaseOptions.CheckTls(table, diagnostics, Find("endpoint") is { } endpoint && TryParse(endpoint.Value, out var host, out _) ? host : null);
        if (use != TableUse.Sink)
            return;
        CheckConditions(table, diagnostics);
        DeleteOptions.Check(table, diagnostics);
        if (Find(PartialInsert) is { } decides && Placeholders.IsIn(decides.Value))
            diagnostics.Error(decides.ValueSpan, $"'{decides.Name}' must be 'true' or 'false' in the script: it decides what the INSERT means");
        if (Find(MutateTypeName) is { } mutate && IsReplace(mutate))
        {
            if (Find(PartialInsert) is { } partial && Is(partial, "true"))
                diagnostics.Error(partial.NameSpan, $"'{partial.Name}' goes with '{mutate.Name}' = 'insertorupdate' only: '{mutate.Value}' replaces the whole row");
            diagnostics.Notice(mutate.ValueSpan, $"'{mutate.Name}' = '{mutate.Value}': columns of the database's table that the script does not name keep their values");
        }
        if (Find(IgnoresNull) is { } nulls && Is(nulls, "true"))
            diagnostics.Notice(nulls.NameSpan, $"'{nulls.Name}': a column that becomes NULL keeps the value that it had in the table");

        TableOption? Find(string name) => table.Options.TryGet(out var option, [.. Options.Single(r => r.Name == name).Names]) ? option : null;

        static bool Is(TableOption option, string value) => option.Value.Equals(value, StringComparison.OrdinalIgnoreCase);
    }

    public override ConnectorTraits TraitsOf(TableDefinition table) => DatabaseOptions.TraitsOf(
        Name,
        table,
        [["endpoint"], ["dbname"], ["tablename", "table-name"]],
        DatabaseOptions.IsTrue(table, PartialInsert, AlsoPartialInsert) || DatabaseOptions.IsTrue(table, [.. Options.Single(r => r.Name == IgnoresNull).Names]));

    /// <summary>Takes <c>host:port</c> apart.</summary>
    public static bool TryParse(string endpoint, out string host, out int port)
    {
        var colon = endpoint.LastIndexOf(':');
        host = colon > 0 ? endpoint[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && !host.Contains(',') && OptionChecks.Port(endpoint[(colon + 1)..]) is null && int.TryParse(endpoint[(colon + 1)..], out port);
    }

    private void CheckConditions(TableDefinition table, Diagnostics diagnostics)
    {
        if (!table.Options.TryGet(out var named, [.. Names(CheckColumn)]))
        {
            foreach (var other in (string[])[CheckOperator, CheckNullAs])
                if (table.Options.TryGet(out var option, [.. Names(other)]))
                    diagnostics.Error(option.NameSpan, $"'{option.Name}' needs the option '{CheckColumn}'");
            return;
        }
        if (!Placeholders.IsIn(named.Value) && HologresSettings.ColumnProblem(table, named.Value) is { } wrong)
            diagnostics.Error(named.ValueSpan, $"'{named.Name}' {wrong}");
        else
            diagnostics.Notice(
                named.NameSpan, $"'{named.Name}': what the table has decides which rows are written, so it is no longer made of the records alone; 'sink.version-column' keeps older rows from newer ones");

        IEnumerable<string> Names(string name) => Options.Single(r => r.Name == name).Names;
    }

    private static bool IsReplace(TableOption option) => option.Value.Replace("_", "", StringComparison.Ordinal).Equals("INSERTORREPLACE", StringComparison.OrdinalIgnoreCase);

    private static string? Endpoint(string value) => TryParse(value, out _, out _) ? null : "must be 'host:port'";

    private static string? TableName(string value) =>
        PostgreSqlName.TryParse(value, out _) ? null : "must be a table's name, as in 'consume' or 'public.consume'; a part with other characters stands in double quotes";

    private static string? MutateType(string value) => value.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
    {
        "INSERTORREPLACE" or "INSERTORUPDATE" => null,
        "INSERTORIGNORE" => "would freeze each row at its first value, while a group's row changes as events come; write 'insertorupdate' (VVR 11: 'INSERT_OR_UPDATE')",
        _ => "must be 'insertorupdate' or 'insertorreplace' (VVR 11: 'INSERT_OR_UPDATE' or 'INSERT_OR_REPLACE')",
    };
}
