using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What the database sinks have in common.</summary>
internal static class DatabaseOptions
{
    public const string Retries = "a database that is down is tried again until it is back";
    public const string Batching = "rows are batched by 'sink.buffer-flush.max-rows' and 'sink.buffer-flush.interval'";
    public const string Deletes = "deletes are always written: a row that the query no longer has would make the table depend on the order of arrival";

    /// <summary>Lets an older row never overwrite a newer one, whoever writes it.</summary>
    public static OptionRule VersionColumn => OptionRule.Used("sink.version-column", OptionChecks.NotEmpty);

    /// <summary>Whether empty values leave what is in the database, which no absolute row can mean.</summary>
    public static OptionRule MustBeFalse(string name, string otherwise) =>
        OptionRule.Used(name, value => value.Equals("false", StringComparison.OrdinalIgnoreCase) ? null : $"can only be 'false': {otherwise}");

    public static IEnumerable<OptionRule> Lookups =>
        OptionRule.Ignored(
            "tables are not looked up row by row",
            "lookup.cache", "lookup.cache.max-rows", "lookup.cache.ttl", "lookup.cache.caching-missing-key", "lookup.max-retries",
            "lookup.partial-cache.max-rows", "lookup.partial-cache.expire-after-write", "lookup.partial-cache.expire-after-access",
            "lookup.partial-cache.caching-missing-key", "cache", "cacheSize", "cacheTTLMs", "cacheEmpty", "maxJoinRows", "async",
            "asyncCallerThreads");

    public static void CheckCredentials(TableDefinition table, Diagnostics diagnostics, params ReadOnlySpan<string> passwords)
    {
        // A password in a script ends up in a repository.
        if (table.Options.TryGet(out var password, passwords) && password.Value.Length > 0 && !Placeholders.IsIn(password.Value))
            diagnostics.Warning(password.ValueSpan, $"a password in a script is a password in its repository: write '{password.Name}' = '${{NAME}}' and set NAME");
    }
}
