using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What happens to rows that the query no longer returns: an option of Hologres' connector, and the older one that is a boolean.</summary>
internal static class DeleteOptions
{
    private const string Strategy = "sink.delete-strategy";
    private const string IgnoresDelete = "ignoreDelete";
    private const string AlsoIgnoresDelete = "sink.ignore-delete";

    /// <summary>The options.</summary>
    public static IEnumerable<OptionRule> Rules =>
    [
        OptionRule.Used(Strategy, OptionChecks.OneOf("CHANGELOG_STANDARD", "DELETE_ROW_ON_PK", "NON_PK_FIELD_TO_NULL", "IGNORE_DELETE")),
        OptionRule.Used(IgnoresDelete, OptionChecks.Boolean, AlsoIgnoresDelete),
    ];

    /// <summary>What they say.</summary>
    public static DeleteStrategy Of(OptionValues options) => options[Strategy]?.ToUpperInvariant() switch
    {
        "IGNORE_DELETE" => DeleteStrategy.Ignore,
        "NON_PK_FIELD_TO_NULL" => DeleteStrategy.SetNull,
        null when options.IsOn(IgnoresDelete) => DeleteStrategy.Ignore,
        _ => DeleteStrategy.Delete,
    };

    /// <summary>Whether rows are deleted as a whole, as far as the script tells; a value that comes from a setting counts as possible.</summary>
    public static bool MayDelete(TableDefinition table) => table.Options.TryGet(out var strategy, Strategy)
        ? !Is(strategy, "IGNORE_DELETE") && !Is(strategy, "NON_PK_FIELD_TO_NULL")
        : !(table.Options.TryGet(out var ignored, IgnoresDelete, AlsoIgnoresDelete) && Is(ignored, "true"));

    /// <summary>Says what they make of the table.</summary>
    public static void Check(TableDefinition table, Diagnostics diagnostics)
    {
        table.Options.TryGet(out var ignored, IgnoresDelete, AlsoIgnoresDelete);
        if (table.Options.TryGet(out var strategy, Strategy))
        {
            if (ignored is not null)
                diagnostics.Notice(ignored.NameSpan, $"'{ignored.Name}' is ignored: '{strategy.Name}' says what becomes of deleted rows");
            if (Is(strategy, "IGNORE_DELETE"))
                DatabaseOptions.NoticeKept(strategy, diagnostics);
            else if (Is(strategy, "NON_PK_FIELD_TO_NULL"))
                diagnostics.Notice(strategy.ValueSpan, $"'{strategy.Name}' = '{strategy.Value}': a row that the query no longer has stays, with nothing but its key");
        }
        else if (ignored is not null && Is(ignored, "true"))
        {
            DatabaseOptions.NoticeKept(ignored, diagnostics);
        }
    }

    private static bool Is(TableOption option, string value) => option.Value.Equals(value, StringComparison.OrdinalIgnoreCase);
}
