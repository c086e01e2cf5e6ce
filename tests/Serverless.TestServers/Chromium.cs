namespace Serverless.TestServers;

/// <summary>A browser of Chromium's family, which tests drive.</summary>
public static class Chromium
{
    private const string Package = "chromium";

    // Debian's, Google's, and Chromium as others name it; Ubuntu's chromium-browser only starts a snap, so it comes last.
    private static readonly string[] Programs = ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"];

    /// <summary>Why there is none and none can be installed, and what to do; null where there is one, or where it will be installed.</summary>
    public static string? Missing => Find() is not null || (DebianPackage.CanInstall && IsDebian)
        ? null
        : "there is no browser: install Chromium (Debian: sudo apt-get install chromium) or Google Chrome, so that 'chromium' or 'google-chrome' is on the PATH";

    /// <summary>Finds it, installing Debian's where it is missing.</summary>
    /// <returns>The path of the program.</returns>
    /// <inheritdoc cref="DebianPackage.FindOrInstallAsync" path="/exception"/>
    public static Task<string> FindOrInstallAsync(CancellationToken cancellationToken) =>
        DebianPackage.FindOrInstallAsync(Package, Find, cancellationToken);

    private static string? Find() => Programs.Select(DebianPackage.OnPath).FirstOrDefault(p => p is not null);

    // Ubuntu has no such package, only the snap.
    private static bool IsDebian => File.Exists("/etc/os-release") && File.ReadLines("/etc/os-release").Contains("ID=debian");
}
