using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>jdbc</c>, <c>mysql</c> and <c>rds</c>: a sink in MySQL or, for <c>jdbc</c>, PostgreSQL.</summary>
/// <param name="name">Which of them.</param>
internal sealed class JdbcConnector(string name) : Connector
{
    public const string Url = "url";
    public const string Host = "hostname";
    public const string Port = "port";
    public const string Database = "database-name";
    public const string Table = "tableName";
    public const string Username = "userName";
    public const string Password = "password";
    public const string BatchSize = "batchSize";
    public const string IgnoresNull = "ignoreNullWhenUpdate";

    private const string AlsoTable = "table-name";
    private const string AlsoIgnoresNull = "sink.ignore-null-when-update";

    public override string Name => name;

    public override bool IsSource => true;

    public override bool IsSink => true;

    public override bool IsLookup => true;

    public override bool NeedsPrimaryKey => true;

    /// <summary>The kinds of database it writes to.</summary>
    public DatabaseKind[] Kinds => name == "jdbc" ? [DatabaseKind.MySql, DatabaseKind.PostgreSql] : [DatabaseKind.MySql];

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Used(Url),
        .. name == "mysql"
            ?
            [
                OptionRule.Used(Host, OneHost),
                OptionRule.Used(Port, OptionChecks.Port),
                OptionRule.Used(Database, OptionChecks.NotEmpty),
            ]
            : Array.Empty<OptionRule>(),
        OptionRule.Required(Table, null, AlsoTable),
        // Flink's jdbc needs neither.
        OptionRule.Required(Username, null, "user-name") with { IsRequired = name != "jdbc" },
        OptionRule.Used(Password) with { IsRequired = name != "jdbc" },
        DatabaseOptions.SslMode,
        DatabaseOptions.RootCertificate,
        DatabaseOptions.VersionColumn,
        OptionRule.Used(IgnoresNull, OptionChecks.Boolean, AlsoIgnoresNull),
        OptionRule.Used(BatchSize, OptionChecks.Count, "sink.buffer-flush.batch-size"),
        .. SinkOptionsBeside([], ["flushIntervalMs"]),
        .. DeleteOptions.Rules,
        .. OptionRule.Ignored("this program has a driver of its own", "driver", "compatible-mode"),
        .. OptionRule.Ignored(DatabaseOptions.Retries, "sink.max-retries", "maxRetryTimes", "connection.max-retry-timeout", "connect.max-retries", "connect.timeout"),
        .. OptionRule.Ignored("of a row's changes the newest is kept until it is written, however many there are", "bufferSize"),
        .. OptionRule.Ignored("one connection writes", "connectionMaxActive", "connectionMinActive", "connectionMaxWait", "connection.pool.size", "partitionBy"),
        .. OptionRule.Ignored("only sources have it", "server-id", "server-time-zone", "scan.parallelism"),
        .. OptionRule.Ignored("the rows are read at once", "scan.fetch-size", "scan.auto-commit"),
        OptionRule.Used("generation", OptionChecks.NotEmpty) with { Use = TableUse.Source },
        .. ((string[])["column", "num", "lower-bound", "upper-bound"]).Select(n => OptionRule.Refused($"scan.partition.{n}", "the rows are read at once; say in WHERE which ones are wanted") with { Use = TableUse.Source }),
        OptionRule.Refused("excludeUpdateColumns", "a row is written as a whole; leave the column out of the table in the script, and the database keeps what it has"),
        .. DatabaseOptions.Lookups,
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (use == TableUse.Lookup)
            LookupOptions.Check(table, diagnostics);
        DatabaseOptions.CheckVersionColumn(table, diagnostics);
        if (use == TableUse.Sink)
            DeleteOptions.Check(table, diagnostics);
        if (use == TableUse.Sink && table.Options.TryGet(out var nulls, IgnoresNull, AlsoIgnoresNull) && nulls.Value.Equals("true", StringComparison.OrdinalIgnoreCase))
            diagnostics.Notice(nulls.NameSpan, $"'{nulls.Name}': a column that becomes NULL keeps the value that it had in the table");
        var kind = CheckPlace(table, diagnostics, out var host);
        DatabaseOptions.CheckTls(table, diagnostics, host);
        if (table.Options.TryGet(out var named, Table, AlsoTable) && !Placeholders.IsIn(named.Value) && NameProblem(kind, named.Value) is { } wrong)
            diagnostics.Error(named.ValueSpan, $"'{named.Name}' {wrong}");
    }

    public override ConnectorTraits TraitsOf(TableDefinition table) => DatabaseOptions.TraitsOf(
        Name, table, [[Url, Host], [Port], [Database], [Table, AlsoTable]], DatabaseOptions.IsTrue(table, IgnoresNull, AlsoIgnoresNull)) with
    {
        CanAppend = !table.Options.TryGet(out _, DatabaseOptions.VersionColumn.Name),
    };

    /// <summary>What is wrong with a table's name; null if nothing is.</summary>
    public static string? NameProblem(DatabaseKind? kind, string name) => kind switch
    {
        DatabaseKind.MySql when !MySqlName.TryParse(name, out _) => "must be a table's name, as in 'sales' or 'shop.sales'; a part with other characters stands in backquotes",
        DatabaseKind.PostgreSql when !PostgreSqlName.TryParse(name, out _) => "must be a table's name, as in 'sales' or 'public.sales'; a part with other characters stands in double quotes",
        _ => null,
    };

    // The kind and the host are null if a setting is to say them.
    private DatabaseKind? CheckPlace(TableDefinition table, Diagnostics diagnostics, out string? host)
    {
        host = null;
        var hasHost = table.Options.TryGet(out var hostname, Host);
        if (!table.Options.TryGet(out var url, Url))
        {
            if (name != "mysql")
                diagnostics.Error(table.Span, $"'{name}' table '{table.Name}' needs the option '{Url}'");
            else if (!hasHost || !table.Options.TryGet(out _, Database))
                diagnostics.Error(table.Span, $"'mysql' table '{table.Name}' needs the option '{Url}', or '{Host}' and '{Database}'");
            host = hostname?.Value;
            return DatabaseKind.MySql;
        }
        foreach (var other in (string[])[Host, Port, Database])
            if (table.Options.TryGet(out var option, other))
                diagnostics.Error(option.NameSpan, $"'{option.Name}' and '{Url}' say the same; keep one");
        List<UrlDiagnostic> found = [];
        var parsed = JdbcUrl.Parse(url.Value, found, Kinds);
        foreach (var diagnostic in found)
            Report(diagnostics, url, diagnostic);
        host = parsed?.Host;
        return parsed?.Kind;
    }

    private static void Report(Diagnostics diagnostics, TableOption url, UrlDiagnostic diagnostic)
    {
        // The place within the value, where the script has it character by character.
        var quoted = diagnostics.Source.Text.AsSpan(url.ValueSpan.Start, Math.Min(url.ValueSpan.Length, diagnostics.Source.Text.Length - url.ValueSpan.Start));
        var span = quoted.Length > 2 && quoted[1..^1].SequenceEqual(url.Value) ? new TextSpan(url.ValueSpan.Start + 1 + diagnostic.Start, diagnostic.Length) : url.ValueSpan;
        var message = $"'{url.Name}' {diagnostic.Message}";
        if (diagnostic.Severity == Severity.Error)
            diagnostics.Error(span, message);
        else if (diagnostic.Severity == Severity.Warning)
            diagnostics.Warning(span, message);
        else
            diagnostics.Notice(span, message);
    }

    private static string? OneHost(string value) =>
        OptionChecks.NotEmpty(value) ?? (value.AsSpan().IndexOfAny(",/@ ") >= 0 ? "must be one host's name or address" : null);
}
