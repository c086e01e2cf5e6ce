using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>A call as the choice of a function sees it.</summary>
internal sealed class FunctionCall(string name, IReadOnlyList<FunctionArgument> arguments, TimeZoneInfo zone)
{
    /// <summary>The function's name in upper case.</summary>
    public string Name { get; } = name;

    /// <summary>The session's time zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>The arguments, symbols left out.</summary>
    public IReadOnlyList<FunctionArgument> Arguments { get; } = [.. arguments.Where(argument => argument.Symbol is null)];

    /// <summary>The symbols among the arguments.</summary>
    public IReadOnlyList<string> Symbols { get; } = [.. arguments.Where(argument => argument.Symbol is not null).Select(argument => argument.Symbol!)];

    /// <summary>Why no form fits, where more is to be said than the types.</summary>
    public string? Error { get; private set; }

    /// <summary>The number of arguments, symbols left out.</summary>
    public int Count => Arguments.Count;

    /// <summary>The types as a message lists them.</summary>
    public string Types => $"({string.Join(", ", arguments.Select(argument => argument.Symbol ?? argument.Type.ToString()))})";

    /// <summary>The type of an argument.</summary>
    public SqlType Type(int index) => Arguments[index].Type;

    /// <summary>Whether an argument is of a kind, or NULL.</summary>
    public bool Is(int index, SqlKind kind) => Type(index).Kind == kind || Type(index).Kind == SqlKind.Null;

    /// <summary>Whether all arguments are strings, or NULL.</summary>
    public bool AreTexts => Enumerable.Range(0, Count).All(index => Is(index, SqlKind.String));

    /// <summary>A function that takes its arguments as those types, an argument of the same kind as it is.</summary>
    public ScalarFunction Make(
        Delegate method, SqlType returns, IEnumerable<SqlType> takes, bool canFail = false, object? constant = null, bool isVariadic = false) =>
        new(Name, method.Method, [.. takes.Select((type, index) => Type(index).Kind == type.Kind ? Type(index) : type)], returns, canFail, constant, isVariadic, isVariadic);

    /// <summary>A function that takes its arguments as they are.</summary>
    public ScalarFunction Make(Delegate method, SqlType returns, bool canFail = false, object? constant = null) =>
        Make(method, returns, Arguments.Select(argument => argument.Type), canFail, constant);

    /// <summary>A function that takes all its arguments as strings.</summary>
    public ScalarFunction MakeOfTexts(Delegate method, SqlType returns, bool canFail = false, object? constant = null) =>
        Make(method, returns, Arguments.Select(_ => SqlType.String), canFail, constant);

    /// <summary>The form, where the arguments are or become what it takes.</summary>
    /// <param name="overload">The form.</param>
    /// <param name="isExact">Whether the arguments must be of the very kinds, an integer being like any other.</param>
    public ScalarFunction? Fit(Overload overload, bool isExact)
    {
        var takes = overload.Takes;
        if (Symbols.Count > 0 || (overload.IsVariadic ? Count < takes.Length : Count != takes.Length))
            return null;
        for (var i = 0; i < Count; i++)
        {
            var take = takes[Math.Min(i, takes.Length - 1)];
            var fits = isExact
                ? Is(i, take.Kind) || (Type(i).IsInteger && take.Kind == SqlKind.BigInt)
                : Casts.IsImplicit(Type(i), take);
            if (!fits)
                return null;
        }

        var all = Arguments.Select((_, index) => takes[Math.Min(index, takes.Length - 1)]);
        return Make(overload.Method, overload.Returns, all, overload.CanFail, isVariadic: overload.IsVariadic);
    }

    /// <summary>What is compiled of an argument's text: once where it is a literal, and then a bad one is this call's error.</summary>
    public Compiled<T>? Compile<T>(int index, Func<string, T> compile)
        where T : class
    {
        try
        {
            return new Compiled<T>(compile, Arguments[index].Constant);
        }
        catch (FormatException e)
        {
            Error = e.Message;
            return null;
        }
    }

    /// <summary>Gives up with a reason of its own.</summary>
    public ScalarFunction? Fail(string error)
    {
        Error = error;
        return null;
    }
}
