using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Binding;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Expressions;

/// <summary>
/// Every line of a <c>.cases</c> file in this folder is a case: <c>expression ⇶ expected</c>, both SQL, or <c>⇶ error: message</c> where the value fails or the
/// script is refused. Lines that begin with <c>--</c> are comments.
/// </summary>
public sealed class ExpressionTests
{
    private const string Arrow = " ⇶ ";

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Expressions"), "*.cases").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Where(l => l.Contains(Arrow, StringComparison.Ordinal) && !l.StartsWith("--", StringComparison.Ordinal))
            .Select(l => new TheoryDataRow<string>(l));

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_expression_has_its_value(string line)
    {
        var at = line.LastIndexOf(Arrow, StringComparison.Ordinal);
        var (expression, expected) = (line[..at].Trim(), line[(at + Arrow.Length)..].Trim());
        var actual = Evaluate(expression);
        if (!expected.StartsWith("error:", StringComparison.Ordinal))
            expected = Evaluate(expected);
        Assert.Equal(expected, actual);
    }

    private static string Evaluate(string expression)
    {
        var diagnostics = new Diagnostics(new SourceText("test.sql", $"INSERT INTO t SELECT {expression} FROM s"));
        if (Parser.Parse(diagnostics.Source, diagnostics) is not [InsertStatement { Query.Items: [SelectExpressionSyntax item] }])
            return Error(diagnostics);
        var nothing = new Relation
        {
            Source = new SourceFields(new TableDefinition("s", default, [], [], new TableOptions([]))),
            Find = _ => null,
            Columns = [],
        };
        if (new ExpressionBinder(nothing, new JobSettings(), diagnostics, "SELECT", null).Bind(item.Expression) is not { } scalar)
            return Error(diagnostics);
        try
        {
            return PlanText.Literal(ScalarCompiler.Compile(scalar, _ => 0).Box(default));
        }
        catch (EvaluationException e)
        {
            return $"error: {e.Message}";
        }
    }

    private static string Error(Diagnostics diagnostics) => $"error: {string.Join("; ", diagnostics.All.Select(d => d.Message))}";
}
