using Microsoft.Extensions.Configuration;

namespace Serverless.App;

/// <summary>The app's settings, as scripts name them in <c>${NAME}</c>.</summary>
/// <param name="configuration">Where they are.</param>
internal sealed class AppSettings(IConfiguration configuration)
{
    /// <summary>A setting's value; null where it is not set.</summary>
    // An environment variable's '__' is a ':' in the configuration.
    public string? this[string name] => configuration[name] ?? configuration[name.Replace("__", ":", StringComparison.Ordinal)];

    /// <summary>The settings whose values are still references to a key vault: the platform leaves one as it is if it cannot read the secret.</summary>
    public IReadOnlyList<string> Unresolved =>
        [.. configuration.AsEnumerable().Where(s => IsReference(s.Value)).Select(s => s.Key.Replace(":", "__", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Returns what to say of a setting whose value is still a reference.</summary>
    public static string ProblemOf(string name) =>
        $"the setting '{name}' is still its reference '@Microsoft.KeyVault(…)', as the platform could not read the secret: "
            + "see that the vault has it, that the app's identity has the role Key Vault Secrets User there, and that the app reaches the vault; then restart the app";

    /// <summary>Returns whether a value is still a reference.</summary>
    public static bool IsReference(string? value) => value?.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase) is true;
}
