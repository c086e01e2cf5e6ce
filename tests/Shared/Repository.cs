namespace Serverless.Testing;

/// <summary>Where the repository's files lie.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a script in <c>functions/jobs</c>.</summary>
    public static string Job(string name) => Path.Combine(Root, "functions", "jobs", name);

    /// <summary>The path of a file of the demo's events.</summary>
    public static string DemoFile(string name) => Path.Combine(Root, "functions", "Serverless.Local", "Demo", name);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests do not lie in the repository");
        return folder.FullName;
    }
}
