using Serverless.Connectors.Lookup;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What the options of a table say of looking rows up in it.</summary>
internal static class LookupOptions
{
    public const string Cache = "lookup.cache";
    public const string MaxRows = "lookup.partial-cache.max-rows";
    public const string AfterWrite = "lookup.partial-cache.expire-after-write";
    public const string AfterAccess = "lookup.partial-cache.expire-after-access";
    public const string KeepsMissing = "lookup.partial-cache.cache-missing-key";

    // Before Flink 1.16 these two together meant a cache.
    public const string FormerMaxRows = "lookup.cache.max-rows";
    public const string FormerTtl = "lookup.cache.ttl";

    private const int DefaultMaxRows = 10_000;

    /// <summary>What is kept; null for nothing.</summary>
    public static LookupCacheSettings? CacheOf(TableDefinition table, OptionValues options) =>
        !IsOn(options[Cache] ?? (HasFormer(table) ? "PARTIAL" : "NONE")) ? null : new LookupCacheSettings(
            (int)(options.Number(MaxRows) ?? DefaultMaxRows),
            options.Duration(AfterWrite),
            options.Duration(AfterAccess),
            options[KeepsMissing] is not { } keeps || bool.Parse(keeps));

    /// <summary>What is wrong with a kind of cache; null where nothing is.</summary>
    public static string? CacheProblem(string value) => value.ToUpperInvariant() switch
    {
        "NONE" or "PARTIAL" or "LRU" or "ALL" => null,
        "FULL" => "can be 'NONE' or 'PARTIAL': no table is loaded as a whole",
        _ => "must be 'NONE' or 'PARTIAL' (of hologres and rds: 'None', 'LRU' or 'ALL')",
    };

    /// <summary>Checks what concerns several options.</summary>
    public static void Check(TableDefinition table, Diagnostics diagnostics)
    {
        var isSaid = table.Options.TryGet(out var cache, Cache, "cache", "lookup.cache.strategy");
        if (cache?.Value.Equals("ALL", StringComparison.OrdinalIgnoreCase) == true)
            diagnostics.Notice(cache.ValueSpan, $"'{cache.Name}' = 'ALL': rows are kept as they are asked for, as with 'LRU'; the table is not loaded as a whole");
        if ((isSaid && (Placeholders.IsIn(cache!.Value) || IsOn(cache.Value))) || HasFormer(table))
            return;
        foreach (var name in (string[])[MaxRows, FormerMaxRows, "cacheSize", AfterWrite, FormerTtl, "cacheTTLMs", AfterAccess])
            if (table.Options.TryGet(out var option, name))
                diagnostics.Notice(option.NameSpan, $"'{option.Name}' means nothing without '{Cache}' = 'PARTIAL': nothing is kept, and each batch of records asks the database");
    }

    private static bool HasFormer(TableDefinition table) => table.Options.TryGet(out _, FormerMaxRows) && table.Options.TryGet(out _, FormerTtl);

    private static bool IsOn(string cache) => !cache.Equals("NONE", StringComparison.OrdinalIgnoreCase);
}
