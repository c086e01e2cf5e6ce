using System.Globalization;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>
/// The values of a table's options, each found under any of its names, with its settings filled in: only then can a value be checked that comes
/// from one.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="placeholders">Fills in the settings.</param>
internal sealed class OptionValues(TableDefinition table, Placeholders placeholders)
{
    /// <summary>The most rows of a write: what Flink calls it.</summary>
    public const string MaxRows = "sink.buffer-flush.max-rows";

    /// <summary>How long rows may be held back: what Flink calls it.</summary>
    public const string FlushInterval = "sink.buffer-flush.interval";

    private readonly IReadOnlyList<OptionRule> _rules = ConnectorCatalog.TryGetName(table, out var name) && ConnectorCatalog.Find(name.Value) is { } connector
        ? connector.Options
        : throw new ConnectorException($"table '{table.Name}' has no option 'connector', or one that is unknown");

    /// <summary>The value of an option, by any of its names; null if the script does not say.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or the value is wrong.</exception>
    public string? this[string name]
    {
        get
        {
            if (UsedRule(name) is not { } rule || !table.Options.TryGet(out var option, [.. rule.Names]))
                return null;
            var value = placeholders.Resolve(option);
            return rule.Check?.Invoke(value) is not { } wrong ? value : throw new ConnectorException($"table '{table.Name}': '{option.Name}' {wrong}");
        }
    }

    /// <summary>Checks all values, including those from settings, which were unknown before.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public OptionValues Checked()
    {
        // All settings that are missing, in one go.
        placeholders.Require(table.Options.All.Where(o => UsedRule(o.Name) is not null));
        foreach (var option in table.Options.All)
            _ = this[option.Name];
        return this;
    }

    /// <summary>The value of an option that a table must have.</summary>
    public string Required(string name) => this[name] ?? throw new ConnectorException($"table '{table.Name}' needs the option '{name}'");

    /// <summary>Whether an option is 'true'.</summary>
    public bool IsOn(string name) => this[name] is { } value && bool.Parse(value);

    /// <summary>A count, or a number of bytes.</summary>
    public long? Number(string name) => this[name] is { } value ? long.Parse(value, CultureInfo.InvariantCulture) : null;

    /// <summary>A duration.</summary>
    public TimeSpan? Duration(string name) =>
        this[name] is not { } value ? null
        : Durations.TryParse(value, out var duration) ? duration
        : throw new ConnectorException($"table '{table.Name}': '{name}' must be a duration such as '1s'");

    private OptionRule? UsedRule(string name) => _rules.FirstOrDefault(r => r.Meaning == OptionMeaning.Used && r.Names.Contains(name, StringComparer.OrdinalIgnoreCase));
}
