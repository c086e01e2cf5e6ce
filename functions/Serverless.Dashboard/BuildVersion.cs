using System.Reflection;

namespace Serverless.Dashboard;

/// <summary>The version of what runs.</summary>
internal static class BuildVersion
{
    private const int HashLength = 7;

    /// <summary>As in <c>1.2.0+eae8857</c>: the version, and the commit that it was built from, if that is known.</summary>
    public static string Current { get; } =
        Short(typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "");

    /// <summary>A version with no more of its commit than tells it from others.</summary>
    internal static string Short(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is >= 0 and var at && version.Length - at - 1 > HashLength ? version[..(at + 1 + HashLength)] : version;
}
