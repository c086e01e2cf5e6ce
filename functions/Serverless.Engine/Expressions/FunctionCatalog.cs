namespace Serverless.Engine.Expressions;

/// <summary>Chooses functions and operators by name and argument types, by Flink's rules.</summary>
public static class FunctionCatalog
{
    /// <summary>Every function's name in upper case, for «did you mean».</summary>
    public static IReadOnlyCollection<string> Names => throw new NotImplementedException();

    /// <summary>
    /// Chooses a function or operator (<c>+ - * / % || = &lt;&gt; &lt; &lt;= &gt; &gt;= LIKE</c>, unary minus as <c>NEGATE</c>).
    /// </summary>
    /// <param name="name">Its name in any letter case.</param>
    /// <param name="arguments">Its arguments' types, symbols and constants.</param>
    /// <param name="zone">The session's time zone, <c>table.local-time-zone</c>.</param>
    /// <param name="error">Why none fits, in words for the user; null where the name is not known at all.</param>
    /// <returns>The function, or null.</returns>
    public static ScalarFunction? Resolve(string name, IReadOnlyList<FunctionArgument> arguments, TimeZoneInfo zone, out string? error) =>
        throw new NotImplementedException();
}
