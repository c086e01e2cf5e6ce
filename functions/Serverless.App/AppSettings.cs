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

    private static bool IsReference(string? value) => value?.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase) is true;
}
