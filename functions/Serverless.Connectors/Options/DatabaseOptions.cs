using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What the database sinks have in common.</summary>
internal static class DatabaseOptions
{
    public const string Retries = "a database that is down is tried again until it is back";

    /// <summary>Lets an older row never overwrite a newer one, whoever writes it.</summary>
    public static OptionRule VersionColumn => OptionRule.Used("sink.version-column", OptionChecks.NotEmpty);

    /// <summary>An option that can only be <c>false</c>, because <c>true</c> would change what is written.</summary>
    public static OptionRule MustBeFalse(string name, string otherwise, params string[] aliases) =>
        OptionRule.Used(name, value => value.Equals("false", StringComparison.OrdinalIgnoreCase) ? null : $"can only be 'false': {otherwise}", aliases);

    /// <summary>What the binder has to know of a database's table.</summary>
    /// <param name="connector">The connector's name.</param>
    /// <param name="table">The table.</param>
    /// <param name="places">The options that say where the table is, each with its other names.</param>
    /// <param name="writesListedColumnsOnly">Whether the columns that an INSERT does not list are left as they are.</param>
    public static ConnectorTraits TraitsOf(string connector, TableDefinition table, string[][] places, bool writesListedColumnsOnly) => new(connector, NeedsPrimaryKey: true)
    {
        WritesListedColumnsOnly = writesListedColumnsOnly,
        Target = string.Join(' ', places.Select(names => table.Options.TryGet(out var option, names) ? option.Value.Split('?')[0].Trim().ToLowerInvariant() : "")),
        DeletesRows = DeleteOptions.MayDelete(table),
        VersionColumn = table.Options.TryGet(out var version, VersionColumn.Name) ? version.Value : null,
    };

    /// <summary>Whether an option is 'true' in the script.</summary>
    public static bool IsTrue(TableDefinition table, params ReadOnlySpan<string> names) =>
        table.Options.TryGet(out var option, names) && option.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>How a connection is protected.</summary>
    public static OptionRule SslMode => OptionRule.Used("connection.ssl.mode", OptionChecks.OneOf("disable", "require", "verify-ca", "verify-full"));

    /// <summary>The certificates to trust instead of the system's.</summary>
    public static OptionRule RootCertificate => OptionRule.Used("connection.ssl.root-cert.location", OptionChecks.NotEmpty);

    /// <summary>What is kept of what a lookup found. Options of Flink's <c>jdbc</c>, of before Flink 1.16, of <c>hologres</c> and of <c>rds</c>.</summary>
    public static IEnumerable<OptionRule> Lookups =>
    [
        OptionRule.Used(LookupOptions.Cache, LookupOptions.CacheProblem, "cache", "lookup.cache.strategy") with { Use = TableUse.Lookup },
        OptionRule.Used(LookupOptions.MaxRows, OptionChecks.Count, LookupOptions.FormerMaxRows, "cacheSize") with { Use = TableUse.Lookup },
        OptionRule.Used(LookupOptions.AfterWrite, OptionChecks.Duration, LookupOptions.FormerTtl, "cacheTTLMs") with { Use = TableUse.Lookup },
        OptionRule.Used(LookupOptions.AfterAccess, OptionChecks.Duration) with { Use = TableUse.Lookup },
        OptionRule.Used(LookupOptions.KeepsMissing, OptionChecks.Boolean, "lookup.partial-cache.caching-missing-key", "lookup.cache.caching-missing-key", "cacheEmpty") with { Use = TableUse.Lookup },
        MustBeFalse("insertIfNotExists", "rows are only looked up, and a key that has none stays without one", "lookup.insert-if-not-exists") with { Use = TableUse.Lookup },
        .. OptionRule.Ignored(Retries, "lookup.max-retries"),
        .. OptionRule.Ignored("the keys of many records are asked for together", "async", "asyncCallerThreads", "asyncTimeoutMs", "lookup.async"),
        .. OptionRule.Ignored("all rows of a key are joined", "maxJoinRows", "lookup.max-join-rows"),
    ];

    /// <summary>How a connection is protected, as <see cref="SslMode"/> says or the host needs.</summary>
    public static TlsMode TlsOf(OptionValues options, string host) => options[SslMode.Name]?.ToLowerInvariant() switch
    {
        "disable" => TlsMode.None,
        "require" => TlsMode.Required,
        "verify-ca" => TlsMode.VerifyCa,
        "verify-full" => TlsMode.VerifyFull,
        _ => DatabaseAddress.DefaultTls(host),
    };

    /// <summary>Checks the protection of a connection.</summary>
    /// <param name="table">The table.</param>
    /// <param name="diagnostics">Told what is wrong.</param>
    /// <param name="host">The host, where the script says it itself.</param>
    public static void CheckTls(TableDefinition table, Diagnostics diagnostics, string? host)
    {
        table.Options.TryGet(out var mode, SslMode.Name);
        if (mode?.Value.Equals("disable", StringComparison.OrdinalIgnoreCase) == true && (host is null || !DatabaseAddress.IsLoopback(host)))
            diagnostics.Warning(mode.ValueSpan, $"'{mode.Name}' = 'disable' sends rows and what proves the password in the clear; leave it out where the network is not your own");
        if (mode?.Value.Equals("require", StringComparison.OrdinalIgnoreCase) == true && (host is null || !DatabaseAddress.IsLoopback(host)))
            diagnostics.Notice(
                mode.ValueSpan,
                $"'{mode.Name}' = 'require' encrypts and verifies nothing: whoever stands in between may present any certificate; write 'verify-full', and the file of the authority's certificate (PEM) as '{RootCertificate.Name}' unless the system trusts it");
        if (table.Options.TryGet(out var root, RootCertificate.Name)
            && (mode is null || (!Placeholders.IsIn(mode.Value) && !mode.Value.StartsWith("verify", StringComparison.OrdinalIgnoreCase))))
            diagnostics.Error(root.NameSpan, $"'{root.Name}' needs '{SslMode.Name}' = 'verify-full', or 'verify-ca': otherwise no certificate is looked at");
    }

    /// <summary>Checks that the version column is the database's own.</summary>
    public static void CheckVersionColumn(TableDefinition table, Diagnostics diagnostics)
    {
        if (table.Options.TryGet(out var version, VersionColumn.Name) && !Placeholders.IsIn(version.Value) && VersionProblem(table, version.Value) is { } wrong)
            diagnostics.Error(version.ValueSpan, $"'{version.Name}' {wrong}");
    }

    /// <summary>The version column; null without one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="ConnectorException">It is a column of the script's table.</exception>
    public static string? VersionColumnOf(TableDefinition table, OptionValues options) =>
        options[VersionColumn.Name] is not { } version ? null
        : VersionProblem(table, version) is { } wrong ? throw new ConnectorException($"table '{table.Name}': '{VersionColumn.Name}' {wrong}")
        : version;

    /// <summary>Says that rows stay which the query no longer has.</summary>
    public static void NoticeKept(TableOption option, Diagnostics diagnostics) => diagnostics.Notice(
        option.NameSpan,
        $"'{option.Name}' = '{option.Value}': the table keeps rows that the query no longer has (where HAVING is no longer true), as they last were; which, depends on the order of the records");

    private static string? VersionProblem(TableDefinition table, string column) => table.Columns.Any(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
        ? $"must not be a column of table '{table.Name}' in the script: it is one more column of the database's table (BIGINT), which is filled for you"
        : null;
}
