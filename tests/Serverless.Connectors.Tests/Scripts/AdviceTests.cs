using System.Text.RegularExpressions;
using Serverless.Connectors;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests.Scripts;

/// <summary>
/// Messages that say what to write instead, each followed to the letter. In <c>advice.faults</c> the lines behind <c>=></c> are a script that does what the message of the
/// script above says; <c>FaultTests</c> compares the messages.
/// </summary>
public sealed partial class AdviceTests
{
    private static readonly (string Head, List<string[]> Cases) File = Read();

    public static IEnumerable<TheoryDataRow<string>> Followed => File.Cases.SelectMany(c => c.Skip(1)).Select(script => new TheoryDataRow<string>(script));

    [Theory]
    [MemberData(nameof(Followed))]
    public void A_script_that_follows_the_advice_passes(string script)
    {
        // A table of the head that the script makes anew stands there once.
        var head = string.Concat(File.Head.Split('\n').Where(line => line.Length > 0 && !script.Contains(string.Join(' ', line.Split(' ').Take(3)) + " ", StringComparison.Ordinal)).Select(line => line + "\n"));
        var said = ScriptCompiler.Compile(new SourceText("test.sql", head + script), new ConnectorCatalog()).Diagnostics;
        Assert.Empty(said.Where(d => d.Severity == Severity.Error || (d.Severity == Severity.Warning && Advice().IsMatch(d.Message))).Select(d => d.Message));
    }

    [Fact]
    public void Every_message_with_advice_has_a_script_that_follows_it()
    {
        var said = File.Cases.Where(c => c.Length > 1).SelectMany(c => FaultTests.Said(File.Head, c[0])).ToList();
        var texts = Sources().SelectMany(path => Texts(System.IO.File.ReadAllText(path)).Select(text => (Path: Path.GetRelativePath(Repository.Root, path), Text: text)));
        var missing = texts.Where(t => Advice().IsMatch(t.Text) && !Array.Exists(Elsewhere, e => t.Text.Contains(e, StringComparison.Ordinal)) && !said.Exists(s => Pattern(t.Text).IsMatch(s))).Select(t => $"{t.Path}: {t.Text}").ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    /// <summary>Messages whose scripts are in other tests: they need an assembly, a hundred joins, or a machine that lacks something; the last one no script gets to.</summary>
    private static readonly string[] Elsewhere =
    [
        "a function USING ASSEMBLY is one of C#", "there is a built-in function", "move its CREATE FUNCTION up",
        "levels deep; write it flatter", "operators in a row; split it up", "set operations in a row", "100 joins in a row",
        "has no Kerberos; use 'PLAIN'",
        "CURRENT_TIMESTAMP in WHERE, GROUP BY or an aggregate",
    ];

    /// <summary>What <c>check</c> says comes from these files; what is said while a job runs has its tests with what it is about.</summary>
    private static readonly string[] Folders = ["Serverless.Engine/Sql", "Serverless.Connectors/Options"];

    private static readonly string[] Files =
    [
        "Serverless.Engine/SinkConflict.cs", "Serverless.Engine/Aggregates/AggregateCall.cs", "Serverless.Engine/Expressions/CallAdvice.cs", "Serverless.Engine/Values/DateFormat.cs",
        "Serverless.Engine/Expressions/Patterns/JavaPattern.cs", "Serverless.Connectors/ConnectorCatalog.cs", "Serverless.Connectors/Databases/Common/JdbcUrlParser.cs",
        "Serverless.Connectors/Databases/Common/JdbcUrlParameters.cs", "Serverless.Connectors/Elasticsearch/IndexName.cs", "Serverless.Connectors/Kafka/KafkaPropertyNames.cs",
    ];

    private static IEnumerable<string> Sources() =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions", folder), "*.cs", SearchOption.AllDirectories))
            .Concat(Files.Select(file => Path.Combine(Repository.Root, "functions", file)));

    /// <summary>The texts in quotes of a source file, escapes undone.</summary>
    private static IEnumerable<string> Texts(string source) =>
        source.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => Text().Matches(line)).Select(m => m.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal));

    /// <summary>What a text with holes has become in a message.</summary>
    private static Regex Pattern(string text) =>
        new(string.Join(".*", Hole().Split(Rest().Replace(text, "").Replace("{{", "\u0001", StringComparison.Ordinal).Replace("}}", "\u0002", StringComparison.Ordinal))
            .Select(part => Regex.Escape(part.Replace('\u0001', '{').Replace('\u0002', '}')))), RegexOptions.Singleline);

    private static (string Head, List<string[]> Cases) Read()
    {
        var parts = System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Scripts", "advice.faults")).ReplaceLineEndings("\n").Split("====\n", 2);
        var cases = parts[1].Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => string.Join('\n', block.Trim('\n').Split('\n').Where(l => !l.StartsWith("  ", StringComparison.Ordinal))).Split("\n=> ")).ToList();
        return (parts[0], cases);
    }

    [GeneratedRegex(@"(?:[;:,] |\bor |\band |\bthen |^)(?:use|write|set|add|put|give|name|leave|compare|CAST (?:it|one|the|what)|CREATE (?:it|a|TEMP)|repeat|choose|change|make|remove|join|move|split|let|keep|define|drop|sign|say)\b(?=.* )|\. (?:Put|Write) |\binstead$|did you mean|stands? in (?:backquotes|straight|quotes|parentheses|WHERE|SELECT)|(?:'.*'|name|GROUP BY) is written|; (?:in|of) .*it is |the order is|are joined by|belong in|needs the option")]
    private static partial Regex Advice();

    [GeneratedRegex(@"""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Text();

    // The end of an expression in which another text stood.
    [GeneratedRegex(@"^[^{}]*\}(?!\})")]
    private static partial Regex Rest();

    [GeneratedRegex(@"\{[^{}]*\}?")]
    private static partial Regex Hole();
}
