using Microsoft.Extensions.Configuration;

namespace Serverless.App;

/// <summary>The app's settings, as scripts name them in <c>${NAME}</c>.</summary>
/// <param name="configuration">Where they are.</param>
internal sealed class AppSettings(IConfiguration configuration)
{
    /// <summary>A setting's value; null where it is not set.</summary>
    // An environment variable's '__' is a ':' in the configuration.
    public string? this[string name] => configuration[name] ?? configuration[name.Replace("__", ":", StringComparison.Ordinal)];
}
