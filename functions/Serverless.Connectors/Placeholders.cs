using System.Text.RegularExpressions;
using Serverless.Engine.Sql;

namespace Serverless.Connectors;

/// <summary>Fills in the <c>${NAME}</c> of option values, each from an app setting or environment variable, when the value is used.</summary>
/// <param name="settings">Gives a setting's value, or null if there is none.</param>
public sealed partial class Placeholders(Func<string, string?> settings)
{
    /// <summary>The names in a value, in order; none in most.</summary>
    public static IReadOnlyList<string> NamesIn(string value) => [.. Pattern().Matches(value).Select(m => m.Groups[1].Value)];

    /// <summary>Whether a value holds a placeholder.</summary>
    public static bool IsIn(string value) => value.Contains("${", StringComparison.Ordinal) && Pattern().IsMatch(value);

    /// <summary>Whether a value is one placeholder and nothing else.</summary>
    public static bool IsWhole(string value) => Pattern().Match(value) is { Success: true } match && match.Length == value.Length;

    /// <summary>A value of the same length in which a private-use character replaces each character of a placeholder, so that nothing in a placeholder is parsed.</summary>
    internal static string Mask(string value) => Pattern().Replace(value, match => new string(MaskCharacter, match.Length));

    /// <summary>What <see cref="Mask"/> puts for a placeholder.</summary>
    internal const char MaskCharacter = '\uE000';

    /// <summary>An option's value with its placeholders filled in.</summary>
    /// <exception cref="ConnectorException">A setting is missing.</exception>
    public string Resolve(TableOption option) => Resolve(option.Name, option.Value);

    /// <summary>A value with its placeholders filled in.</summary>
    /// <param name="option">The option's name, for the error.</param>
    /// <param name="value">The value as written.</param>
    /// <exception cref="ConnectorException">A setting is missing.</exception>
    public string Resolve(string option, string value) => Pattern().Replace(value, match =>
        settings(match.Groups[1].Value) ?? throw new ConnectorException(Missing(option, match.Groups[1].Value)));

    /// <summary>Makes sure that every setting exists that some options need, so that a user sees all missing settings at once.</summary>
    /// <exception cref="ConnectorException">Some are missing.</exception>
    public void Require(IEnumerable<TableOption> options)
    {
        var missing = options.SelectMany(o => NamesIn(o.Value).Where(n => settings(n) is null).Select(n => Missing(o.Name, n))).ToList();
        if (missing.Count > 0)
            throw new ConnectorException(string.Join('\n', missing));
    }

    private static string Missing(string option, string name) =>
        $"option '{option}' needs the setting '{name}', which is not set: set it as an environment variable "
        + "(or an app setting), or write the value into the option";

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_.:\-]*)\}")]
    private static partial Regex Pattern();
}
