using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Tests.Sql;

public class ParserTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Cases => DataFiles.Cases("Syntax");

    public static IEnumerable<TheoryDataRow<string>> Scripts => DataFiles.Named("Scripts", "*.sql");

    public static IEnumerable<TheoryDataRow<string>> Errors => DataFiles.Named("Errors", "*.sql");

    /// <summary>The files whose name begins with «expression» hold expressions, the others whole statements.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_text_parses_to_its_tree(string file, string text, string tree)
    {
        var isExpression = file.StartsWith("expression", StringComparison.Ordinal);
        var (statements, diagnostics) = Parse("test.sql", isExpression ? $"INSERT INTO t SELECT {text} FROM s" : text);
        Assert.Empty(diagnostics.All.Select(d => d.ToString()));
        Assert.Equal(tree, isExpression
            ? SyntaxDump.Of(Assert.IsType<SelectSyntax>(Assert.IsType<InsertStatement>(Assert.Single(statements)).Query).Items[0])
            : string.Join(' ', statements.Select(SyntaxDump.Of)));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_parses_to_its_trees(string name)
    {
        var (statements, diagnostics) = Parse(name, DataFiles.Read("Scripts", name));
        Assert.Empty(diagnostics.All.Select(d => d.ToString()));
        DataFiles.ShouldBe("Scripts", $"{name}.expected", string.Join('\n', statements.Select(SyntaxDump.Of)));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_script_with_errors_says_what_is_wrong_and_where(string name)
    {
        var (_, diagnostics) = Parse(name, DataFiles.Read("Errors", name));
        DataFiles.ShouldBe("Errors", $"{name}.expected", string.Join("\n", diagnostics.All));
    }

    [Fact]
    public void The_statements_without_errors_are_given_beside_the_errors_of_the_others()
    {
        var (statements, diagnostics) = Parse("test.sql", "SET 'a' = '1'; SELCT 1; SET 'b' = '2'; CREATE TABEL t (a INT); SET 'c' = '3'");
        Assert.Equal(["a", "b", "c"], statements.Cast<SetStatement>().Select(set => set.Key.Text));
        Assert.Equal(2, diagnostics.All.Count);
    }

    /// <summary>Errors are shown at the spans of nodes: one that is empty, or less than its parts, would underline the wrong text.</summary>
    [Fact]
    public void A_nodes_span_holds_the_spans_of_its_parts()
    {
        var faults = new List<string>();
        foreach (var (file, text, _) in Cases.Select(row => row.Data))
        {
            var script = file.StartsWith("expression", StringComparison.Ordinal) ? $"INSERT INTO t SELECT {text} FROM s" : text;
            foreach (var statement in Parse("test.sql", script).Statements)
                Check(statement, script);
        }
        Assert.Empty(faults);

        void Check(Node node, string script)
        {
            if (node.Span.Length == 0)
                faults.Add($"{node.GetType().Name} has no span in: {script}");
            foreach (var part in Parts(node))
            {
                if (part.Span.Start < node.Span.Start || part.Span.End > node.Span.End)
                    faults.Add($"{node.GetType().Name} '{script[node.Span.Start..node.Span.End]}' does not hold {part.GetType().Name} '{script[part.Span.Start..part.Span.End]}'");
                Check(part, script);
            }
        }
    }

    private static IEnumerable<Node> Parts(object node) =>
        node.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0).Select(property => property.GetValue(node)).SelectMany(Nodes);

    private static IEnumerable<Node> Nodes(object? value) => value switch
    {
        Node node => [node],
        string => [],
        System.Collections.IEnumerable items => items.Cast<object?>().SelectMany(Nodes),
        _ => [],
    };

    internal static (IReadOnlyList<Statement> Statements, Diagnostics Diagnostics) Parse(string name, string text)
    {
        var source = new SourceText(name, text);
        var diagnostics = new Diagnostics(source);
        return (Parser.Parse(source, diagnostics), diagnostics);
    }
}
