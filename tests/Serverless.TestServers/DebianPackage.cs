using System.Diagnostics;

namespace Serverless.TestServers;

/// <summary>Programs that tests need and Debian packages: installed where that can be done.</summary>
public static class DebianPackage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Whether this process may install packages here.</summary>
    public static bool CanInstall => File.Exists("/usr/bin/apt-get") && Environment.UserName == "root";

    /// <summary>Finds a program, installing its package as root on Debian where it is missing.</summary>
    /// <param name="package">The package.</param>
    /// <param name="find">Gives the program's path, or null where it is missing.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">It is missing and cannot be installed; the message says what to do.</exception>
    public static async Task<string> FindOrInstallAsync(string package, Func<string?> find, CancellationToken cancellationToken)
    {
        if (find() is { } there)
            return there;
        if (!CanInstall)
            throw new InvalidOperationException($"the tests need the package '{package}': install it (Debian, Ubuntu: sudo apt-get install {package})");
        // One test project at a time installs; the others find it installed.
        await using var gate = await LockAsync(cancellationToken);
        if (find() is { } meanwhile)
            return meanwhile;
        await RunAsync("apt-get", ["update", "-qq"], cancellationToken);
        await RunAsync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", package], cancellationToken);
        return find() ?? throw new InvalidOperationException($"the package '{package}' is installed but its program is not there");
    }

    /// <summary>Finds a program on the PATH or where servers are installed.</summary>
    public static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(["/usr/sbin", "/usr/local/sbin"]).Where(f => f.Length > 0).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    internal static async Task RunAsync(string program, IEnumerable<string> args, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)} failed:\n{string.Concat(await output)}");
    }

    private static async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), "serverless-tests-install.lock");
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (watch.Elapsed < Patience)
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }
}
