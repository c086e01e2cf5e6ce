using System.Diagnostics.CodeAnalysis;

namespace Serverless.Engine.Sql;

/// <summary>One option as written. A value may hold <c>${NAME}</c>, which stands for a setting and is only filled in when the value is used.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value as written, placeholders unresolved.</param>
/// <param name="NameSpan">Where the name stands.</param>
/// <param name="ValueSpan">Where the value stands.</param>
public sealed record TableOption(string Name, string Value, TextSpan NameSpan, TextSpan ValueSpan)
{
    /// <summary>Returns an option as it is written.</summary>
    internal static TableOption Of(Syntax.OptionSyntax option) => new(option.Name.Text, option.Value.Text, option.Name.Span, option.Value.Span);

    /// <summary>Returns the option as it may be shown: without a secret.</summary>
    public override string ToString() => SecretOptions.Hide($"'{Name}' = '{Value.Replace("'", "''", StringComparison.Ordinal)}'");
}

/// <summary>The options of a table, found by name in any letter case.</summary>
/// <param name="options">The options in the order written, each name once.</param>
public sealed class TableOptions(IReadOnlyList<TableOption> options)
{
    private readonly Dictionary<string, TableOption> _byName = options.ToDictionary(o => o.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The options in the order written.</summary>
    public IReadOnlyList<TableOption> All { get; } = options;

    /// <summary>Returns these options and others, which win over those of their names.</summary>
    public TableOptions With(IEnumerable<TableOption> others)
    {
        var all = All.ToList();
        foreach (var option in others)
        {
            var at = all.FindIndex(o => o.Name.Equals(option.Name, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
                all.Add(option);
            else
                all[at] = option;
        }

        return new TableOptions(all);
    }

    /// <summary>Finds an option by the first of its names that is present.</summary>
    public bool TryGet([NotNullWhen(true)] out TableOption? option, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (_byName.TryGetValue(name, out option))
                return true;
        option = null;
        return false;
    }
}
