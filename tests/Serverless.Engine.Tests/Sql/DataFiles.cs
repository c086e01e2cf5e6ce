namespace Serverless.Engine.Tests.Sql;

/// <summary>The data files beside the tests.</summary>
internal static class DataFiles
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Sql");

    /// <summary>The names of a folder's files of one kind.</summary>
    public static IEnumerable<TheoryDataRow<string>> Named(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name));

    public static string Read(string folder, string name) => File.ReadAllText(Path.Combine(Root, folder, name));

    /// <summary>Compares with the file of what is expected; what was got is left beside it, ready to be looked at and taken over.</summary>
    public static void ShouldBe(string folder, string name, string actual)
    {
        var path = Path.Combine(Root, folder, name);
        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").TrimEnd() : "";
        if (expected != actual.TrimEnd())
            File.WriteAllText(path + ".actual", actual.TrimEnd() + "\n");
        Assert.Equal(expected, actual.TrimEnd());
    }

    /// <summary>The cases of a file, <c>text ⇶ expected</c> a line; lines that begin with <c>--</c> are comments.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> Cases(string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cases").Order(StringComparer.Ordinal)
        from line in File.ReadLines(file)
        where line.Contains('⇶', StringComparison.Ordinal)
        let parts = line.Split('⇶', 2, StringSplitOptions.TrimEntries)
        select new TheoryDataRow<string, string, string>(Path.GetFileNameWithoutExtension(file), parts[0], parts[1]);
}
