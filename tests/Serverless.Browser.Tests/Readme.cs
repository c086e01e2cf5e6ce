namespace Serverless.Browser.Tests;

/// <summary>What README.md has its readers do.</summary>
internal static class Readme
{
    /// <summary>The text of a file that it has made with <c>cat &gt; NAME</c>.</summary>
    public static string File(string name)
    {
        var lines = System.IO.File.ReadLines(Path.Combine(Repository.Root, "README.md")).SkipWhile(l => l != $"cat > {name} <<'END'").Skip(1).TakeWhile(l => l != "END");
        return string.Join('\n', lines) is { Length: > 0 } text ? text : throw new InvalidOperationException($"README.md has no file {name}");
    }
}
