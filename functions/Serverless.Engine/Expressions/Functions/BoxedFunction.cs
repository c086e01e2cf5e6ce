using System.Reflection;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Functions over values in boxes: those whose arguments may be of any type.</summary>
internal static class BoxedFunction
{
    private static readonly MethodInfo Method = ((Func<Func<object?[], object?>, object?[], object?>)Call).Method;

    /// <summary>Makes one that is called with NULLs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="takes">The types of its arguments.</param>
    /// <param name="returns">The type of the result.</param>
    /// <param name="compute">What computes it, of arguments and to a result in boxes.</param>
    /// <param name="canFail">Whether it throws <see cref="EvaluationException"/> for some arguments.</param>
    public static ScalarFunction Of(string name, IReadOnlyList<SqlType> takes, SqlType returns, Func<object?[], object?> compute, bool canFail = false) =>
        new(name, Method, takes, returns, canFail, compute, TakesNulls: true, IsVariadic: true);

    /// <summary>Makes one whose result is NULL if an argument is.</summary>
    public static ScalarFunction Strict(string name, IReadOnlyList<SqlType> takes, SqlType returns, Func<object[], object?> compute, bool canFail = false) =>
        Of(name, takes, returns, arguments => Array.IndexOf(arguments, null) >= 0 ? null : compute(arguments!), canFail);

    private static object? Call(Func<object?[], object?> compute, object?[] arguments) => compute(arguments);
}
