using Serverless.Engine.Expressions.Functions;

namespace Serverless.Engine.Expressions;

/// <summary>Chooses functions and operators by name and argument types, by Flink's rules.</summary>
public static class FunctionCatalog
{
    private static readonly FunctionTable Table = MakeTable();

    /// <summary>Every function's name in upper case, for «did you mean».</summary>
    public static IReadOnlyCollection<string> Names { get; } = Table.Names;

    /// <summary>
    /// Chooses a function or operator (<c>+ - * / % || = &lt;&gt; &lt; &lt;= &gt; &gt;= LIKE</c>, unary minus as <c>NEGATE</c>).
    /// </summary>
    /// <param name="name">Its name in any letter case.</param>
    /// <param name="arguments">Its arguments' types, symbols and constants.</param>
    /// <param name="zone">The session's time zone, <c>table.local-time-zone</c>.</param>
    /// <param name="error">Why none fits, in words for the user; null where the name is not known at all.</param>
    /// <returns>The function, or null.</returns>
    public static ScalarFunction? Resolve(string name, IReadOnlyList<FunctionArgument> arguments, TimeZoneInfo zone, out string? error) =>
        Table.Resolve(name.ToUpperInvariant(), arguments, zone, out error);

    private static FunctionTable MakeTable()
    {
        var table = new FunctionTable();
        ArithmeticFunctions.AddTo(table);
        ComparisonFunctions.AddTo(table);
        NumberFunctions.AddTo(table);
        TextFunctions.AddTo(table);
        TextSearchFunctions.AddTo(table);
        EncodingFunctions.AddTo(table);
        PatternFunctions.AddTo(table);
        JsonFunctions.AddTo(table);
        DateFunctions.AddTo(table);
        DateTextFunctions.AddTo(table);
        ExtractFunctions.AddTo(table);
        TrigonometryFunctions.AddTo(table);
        UrlFunctions.AddTo(table);
        NestedFunctions.AddTo(table);
        CollectionFunctions.AddTo(table);
        return table;
    }
}
