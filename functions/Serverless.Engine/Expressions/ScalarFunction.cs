using System.Reflection;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>
/// A function, an operator or a cast, chosen for the types of its arguments. <see cref="Method"/> is static. Its parameters are, in
/// order: the <see cref="Constant"/> where there is one; then one per argument.
/// </summary>
/// <param name="Name">Its name in upper case, as plans print it: <c>SUBSTRING</c>, <c>+</c>, <c>CAST</c>.</param>
/// <param name="Method">What computes it.</param>
/// <param name="ParameterTypes">What each argument is cast to before the call; one per argument of the call, symbols left out.</param>
/// <param name="ReturnType">The type of the result.</param>
/// <param name="CanFail">Whether some non-null argument makes it throw <see cref="EvaluationException"/>.</param>
/// <param name="Constant">What was worked out when the script was bound: a compiled date format, pattern, or time zone.</param>
/// <param name="TakesNulls">
/// False: the method's parameters are the plain types (<c>long</c>, <c>string</c>, <see cref="Number"/>…), it is not called where
/// an argument is NULL, and the result is NULL then. True: the parameters are the nullable types (<c>long?</c>…). Either way the method may
/// return a nullable type.
/// </param>
/// <param name="IsVariadic">Whether the method's last parameter is an array (of the nullable CLR type) that takes the arguments from there on; goes with <paramref name="TakesNulls"/>.</param>
public sealed record ScalarFunction(
    string Name,
    MethodInfo Method,
    IReadOnlyList<SqlType> ParameterTypes,
    SqlType ReturnType,
    bool CanFail = false,
    object? Constant = null,
    bool TakesNulls = false,
    bool IsVariadic = false)
{
    /// <summary>What tells the code of a script's own function from any other; null for the functions there are anyway.</summary>
    public string? Identity { get; init; }
}

/// <summary>An argument as the choice of a function sees it.</summary>
/// <param name="Type">Its type; <see cref="SqlType.Null"/> for a bare NULL or a symbol.</param>
/// <param name="Symbol">The word in upper case where it is one, such as the unit of <c>EXTRACT</c>.</param>
/// <param name="Constant">The text where the argument is a literal string or integer, so that patterns are checked and compiled once.</param>
public readonly record struct FunctionArgument(SqlType Type, string? Symbol = null, string? Constant = null)
{
    /// <summary>Whether it is a call of a function that makes JSON, which goes into other JSON as it is.</summary>
    public bool IsJson { get; init; }
}
