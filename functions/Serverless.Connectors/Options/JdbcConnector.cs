using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>jdbc</c>, <c>mysql</c> and <c>rds</c>: a sink in MySQL or, for <c>jdbc</c>, PostgreSQL.</summary>
/// <param name="name">Which of them.</param>
internal sealed class JdbcConnector(string name) : Connector
{
    public override string Name => name;

    public override bool IsSink => true;

    public override bool NeedsPrimaryKey => true;

    public override string WrongUse => "; read from a 'kafka' table";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Used("url", name == "jdbc" ? MySqlOrPostgreSqlUrl : MySqlUrl),
        .. name == "mysql"
            ?
            [
                OptionRule.Used("hostname", OptionChecks.NotEmpty),
                OptionRule.Used("port", OptionChecks.Port),
                OptionRule.Used("database-name", OptionChecks.NotEmpty),
            ]
            : Array.Empty<OptionRule>(),
        OptionRule.Required("tableName", null, "table-name"),
        OptionRule.Required("userName", null, "user-name"),
        OptionRule.Required("password"),
        DatabaseOptions.VersionColumn,
        DatabaseOptions.MustBeFalse("ignoreNullWhenUpdate", "a row is written as a whole"),
        DatabaseOptions.MustBeFalse("sink.ignore-null-when-update", "a row is written as a whole"),
        .. OptionRule.Ignored("the driver is ours", "driver", "compatible-mode"),
        .. OptionRule.Ignored(DatabaseOptions.Deletes, "ignoreDelete", "sink.ignore-delete", "sink.delete-strategy"),
        .. OptionRule.Ignored(DatabaseOptions.Retries, "sink.max-retries", "maxRetryTimes", "connection.max-retry-timeout", "connect.max-retries", "connect.timeout"),
        .. OptionRule.Ignored(DatabaseOptions.Batching, "batchSize", "bufferSize", "flushIntervalMs", "sink.buffer-flush.batch-size"),
        .. OptionRule.Ignored("one connection writes", "connectionMaxActive", "connectionMinActive", "connectionMaxWait", "connection.pool.size", "partitionBy"),
        .. OptionRule.Ignored("only sources have it", "server-id", "server-time-zone", "scan.parallelism", "scan.fetch-size", "scan.auto-commit"),
        OptionRule.Refused("excludeUpdateColumns", "a row is written as a whole; leave the column out of the table in the script"),
        .. DatabaseOptions.Lookups,
        .. SinkOptions,
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (!table.Options.TryGet(out _, "url"))
        {
            if (name != "mysql")
                diagnostics.Error(table.Span, $"'{name}' table '{table.Name}' needs the option 'url'");
            else if (!table.Options.TryGet(out _, "hostname") || !table.Options.TryGet(out _, "database-name"))
                diagnostics.Error(table.Span, $"'mysql' table '{table.Name}' needs the option 'url', or 'hostname' and 'database-name'");
        }
        DatabaseOptions.CheckCredentials(table, diagnostics, "password");
    }

    private static string? MySqlUrl(string value) => Starts(value, "jdbc:mysql://") ? null : "must be 'jdbc:mysql://host:port/database'";

    private static string? MySqlOrPostgreSqlUrl(string value) => Starts(value, "jdbc:mysql://") || Starts(value, "jdbc:postgresql://")
        ? null
        : "must be 'jdbc:mysql://host:port/database' or 'jdbc:postgresql://host:port/database'";

    private static bool Starts(string value, string prefix) =>
        value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && value.Length > prefix.Length;
}
