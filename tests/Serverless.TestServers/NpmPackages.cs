namespace Serverless.TestServers;

/// <summary>Programs that tests need and npm has: installed once, in a folder of the user's own outside the repository.</summary>
internal static class NpmPackages
{
    /// <summary>Finds packages, installing them where they are missing.</summary>
    /// <param name="name">The folder's name, which changes with the versions.</param>
    /// <param name="packages">The packages, each with its version.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The folder that <c>node_modules</c> is in.</returns>
    /// <exception cref="InvalidOperationException">They are missing and cannot be installed; the message says what to do.</exception>
    public static async Task<string> FindOrInstallAsync(string name, IReadOnlyList<string> packages, CancellationToken cancellationToken)
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        var cache = Path.Combine(user.Length > 0 ? user : Path.GetTempPath(), "serverless-tests");
        var folder = Path.Combine(cache, name);
        if (Directory.Exists(folder))
            return folder;
        var npm = await DebianPackage.FindOrInstallAsync("npm", () => DebianPackage.OnPath("npm"), cancellationToken);
        Directory.CreateDirectory(cache);
        // Whoever is first moves it into place, whole.
        var fresh = Path.Combine(cache, Path.GetRandomFileName());
        try
        {
            await DebianPackage.RunAsync(npm, ["install", "--silent", "--no-audit", "--no-fund", "--prefix", fresh, .. packages], cancellationToken);
            Directory.Move(fresh, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was first.
        }
        finally
        {
            if (Directory.Exists(fresh))
                Directory.Delete(fresh, recursive: true);
        }
        return folder;
    }
}
