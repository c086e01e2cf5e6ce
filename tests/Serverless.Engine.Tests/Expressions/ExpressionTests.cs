using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Binding;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Tests.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Expressions;

public sealed class ExpressionTests
{
    private static readonly EvaluationInput NoRow = new([], 0, DateTimeOffset.UnixEpoch);

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Expressions");

    public static IEnumerable<TheoryDataRow<string, string, string>> Cases => DataFiles.Cases(Folder);

    /// <summary>A file whose name begins with «types» says the type of each expression, the others its value; «shanghai» is a time zone.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void An_expression_has_its_value(string file, string text, string expected)
    {
        var zone = file == "shanghai" ? TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai") : TimeZoneInfo.Utc;
        Assert.Equal(expected, Evaluate(text, zone, file.StartsWith("types", StringComparison.Ordinal)));
    }

    private static string Evaluate(string text, TimeZoneInfo zone, bool isType)
    {
        var source = new SourceText("test.sql", $"INSERT INTO t SELECT {text} FROM s");
        var diagnostics = new Diagnostics(source);
        var statements = Parser.Parse(source, diagnostics);
        if (diagnostics.HasErrors)
            return Errors(diagnostics);
        var item = (SelectExpressionSyntax)((SelectSyntax)((InsertStatement)statements[0]).Query).Items[0];
        var scalar = new ExpressionBinder(new Scope([]), new JobSettings { Zone = zone }, diagnostics, "SELECT", null).Bind(item.Expression);
        if (scalar is null)
            return Errors(diagnostics);
        if (isType)
            return scalar.Type.ToString();
        try
        {
            return Show(ScalarCompiler.Compile(scalar, _ => 0).Box(NoRow), scalar.Type);
        }
        catch (EvaluationException e)
        {
            Assert.True(scalar.CanFail, "what fails must say that it can");
            return $"error: {e.Message}";
        }
    }

    private static string Errors(Diagnostics diagnostics) => $"refused: {diagnostics.All[0].Message}";

    private static string Listed(IEnumerable<string> items) => string.Join(", ", items);

    private static string Show(object? value, SqlType type) => value switch
    {
        null => "NULL",
        bool truth => truth ? "TRUE" : "FALSE",
        string text => $"'{text}'",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        DateOnly date => $"DATE '{Temporal.Format(date)}'",
        TimeOnly time => $"TIME '{Temporal.Format(time, type.Length)}'",
        DateTime timestamp => $"TIMESTAMP '{Temporal.Format(timestamp, type.Length)}'",
        DateTimeOffset instant => $"TIMESTAMP_LTZ '{Temporal.Format(instant.UtcDateTime, type.Length)}Z'",
        NestedValue nested when type.Kind == SqlKind.Array => $"ARRAY[{Listed(nested.Items.Select(i => Show(i, type.Element)))}]",
        NestedValue nested when type.Kind == SqlKind.Row => $"ROW({Listed(nested.Items.Zip(type.Fields, (i, f) => Show(i, f.Type)))})",
        NestedValue nested => $"MAP[{Listed(nested.Entries.SelectMany(e => new[] { Show(e.Key, type.Element), Show(e.Value, type.Fields[1].Type) }))}]",
        long months when type.Kind == SqlKind.IntervalMonths => $"INTERVAL {months} MONTH",
        long milliseconds when type.Kind == SqlKind.IntervalTime => $"INTERVAL {milliseconds} MILLISECOND",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
