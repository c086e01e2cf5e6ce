using System.Text;
using Serverless.Connectors;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests.Scripts;

/// <summary>
/// Faulty scripts with what they are told. In a <c>.faults</c> file a script is followed by its errors, warnings and notices, each on a line of its own behind two
/// blanks: <c>line:column severity: message</c>; lines behind <c>=></c> are a script that does what they say (<see cref="AdviceTests"/>); blank lines stand between the cases. What stands above the line <c>====</c> is in front of each script.
/// </summary>
public sealed class FaultTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static IEnumerable<TheoryDataRow<string>> Names =>
        Directory.EnumerateFiles(Folder, "*.faults").Order(StringComparer.Ordinal).Select(f => new TheoryDataRow<string>(Path.GetFileName(f)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_faulty_script_is_told_what_helps(string name)
    {
        var path = Path.Combine(Folder, name);
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (head, cases) = expected.Split("====\n", 2) is [var first, var rest] ? (first, rest) : ("", expected);
        var actual = new StringBuilder(cases.Length < expected.Length ? head + "====\n" : "");
        foreach (var block in cases.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var all = block.Trim('\n').Split('\n');
            var lines = all.TakeWhile(l => !l.StartsWith("  ", StringComparison.Ordinal) && !l.StartsWith("=> ", StringComparison.Ordinal)).ToList();
            actual.Append(string.Join('\n', lines)).Append('\n');
            // A comment alone is a heading.
            if (!lines.TrueForAll(l => l.StartsWith("--", StringComparison.Ordinal)))
                foreach (var line in Said(head, string.Join('\n', lines)))
                    actual.Append("  ").Append(line).Append('\n');
            foreach (var line in all.Skip(lines.Count).SkipWhile(l => l.StartsWith("  ", StringComparison.Ordinal)))
                actual.Append(line).Append('\n');
            actual.Append('\n');
        }

        var text = actual.ToString().TrimEnd() + "\n";
        if (text != expected)
            File.WriteAllText(path + ".actual", text);
        Assert.Equal(expected, text);
    }

    internal static IEnumerable<string> Said(string head, string script)
    {
        var above = head.Count(c => c == '\n');
        foreach (var diagnostic in ScriptCompiler.Compile(new SourceText("test.sql", head + script), new ConnectorCatalog()).Diagnostics)
        {
            var (line, column) = diagnostic.Source.Position(diagnostic.Span.Start);
            if (line > above)
                yield return $"{line - above}:{column} {diagnostic.Severity.ToString().ToLowerInvariant()}: {diagnostic.Message}";
        }
    }
}
