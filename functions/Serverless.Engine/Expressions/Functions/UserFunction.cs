using System.Reflection;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>A function of a script that is written in C#: the public static methods <c>Eval</c> of a class, chosen by the types of the arguments.</summary>
internal sealed class UserFunction
{
    private const string MethodName = "Eval";

    private readonly string _name;
    private readonly string _className;
    private readonly IReadOnlyList<Form> _forms;

    private UserFunction(string name, string className, IReadOnlyList<Form> forms) => (_name, _className, _forms) = (name, className, forms);

    /// <summary>Makes a function of a class; null if it has no methods that can be one.</summary>
    /// <param name="name">What the script calls it.</param>
    /// <param name="found">The class.</param>
    /// <param name="error">What is wrong with the class.</param>
    public static UserFunction? Of(string name, UserClass found, out string? error)
    {
        error = null;
        var className = found.Type.FullName!;
        var methods = found.Type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == MethodName).ToList();
        if (methods.Count == 0)
        {
            var near = found.Type
                .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)
                .FirstOrDefault(m => m.Name.Equals(MethodName, StringComparison.OrdinalIgnoreCase));
            error = $"'{className}' has no method 'public static … {MethodName}(…)', which is what a function calls{(near is null ? "" : $"; its '{near.Name}' {FaultOf(near)}")}";
            return null;
        }

        var forms = new List<Form>();
        foreach (var method in methods)
        {
            if (Form.Of(method, found.Identity, out error) is not { } form)
            {
                error = $"'{className}' cannot be a function: {error}";
                return null;
            }

            forms.Add(form);
        }

        return new UserFunction(name.ToUpperInvariant(), className, forms);
    }

    /// <summary>Chooses the method for some arguments.</summary>
    /// <param name="arguments">Their types.</param>
    /// <param name="error">Why none is chosen.</param>
    public ScalarFunction? Resolve(IReadOnlyList<FunctionArgument> arguments, out string? error)
    {
        error = null;
        var costs = _forms.Select(f => (Form: f, Cost: f.CostOf(arguments))).Where(f => f.Cost is not null).OrderBy(f => f.Cost).ToList();
        if (costs.Count == 0 || (costs.Count > 1 && costs[0].Cost == costs[1].Cost))
        {
            var got = $"got ({string.Join(", ", arguments.Select(a => a.Symbol ?? a.Type.ToString()))})";
            error = costs.Count == 0
                ? $"{_name} takes {string.Join(" or ", _forms.Select(f => f.Takes))}; {got}{(arguments.Count > 0 && _forms.Any(f => f.Count == arguments.Count) ? ": CAST what differs" : "")}"
                : $"{_name} takes {string.Join(" or ", costs.Where(c => c.Cost == costs[0].Cost).Select(c => c.Form.Takes))}, which fit equally; {got}: CAST what may be either";
            return null;
        }

        return costs[0].Form.FunctionOf(_name, _className, arguments);
    }

    private static string FaultOf(MethodInfo method) =>
        method.Name != MethodName ? $"is not called '{MethodName}'" : !method.IsPublic ? "is not public" : "is not static";

    /// <summary>One of the methods.</summary>
    private sealed record Form(MethodInvoker Invoker, string Identity, IReadOnlyList<(UserType Type, bool IsNullable)> Parameters, UserType Result)
    {
        public int Count => Parameters.Count;

        public string Takes => $"({string.Join(", ", Parameters.Select(p => p.Type.Sql.Kind is SqlKind.Decimal or SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz ? NameOf(p.Type.Sql) : p.Type.Sql.ToString()))})";

        public static Form? Of(MethodInfo method, string identity, out string? error)
        {
            error = null;
            var parameters = new List<(UserType, bool)>();
            if (method.IsGenericMethod)
                error = $"its '{MethodName}' has parameters of types; write one for each type instead";
            foreach (var parameter in method.GetParameters())
            {
                if (UserType.Of(parameter.ParameterType) is { } type)
                    parameters.Add((type, IsNullable(parameter)));
                else
                    error ??= $"the parameter '{parameter.Name}' of '{MethodName}' is {parameter.ParameterType.Name}; the types are {UserType.Names}, each with ? or without";
            }

            var result = UserType.Of(method.ReturnType);
            if (result is null)
                error ??= $"'{MethodName}' returns {method.ReturnType.Name}; the types are {UserType.Names}, each with ? or without";
            return error is null ? new Form(MethodInvoker.Create(method), $"{identity}/{method.MetadataToken:x}", parameters, result!) : null;
        }

        /// <summary>How far the arguments are from what the method takes; null if it cannot take them.</summary>
        public int? CostOf(IReadOnlyList<FunctionArgument> arguments)
        {
            if (arguments.Count != Count)
                return null;
            var cost = 0;
            for (var i = 0; i < Count; i++)
            {
                var (from, to) = (arguments[i].Type, Parameters[i].Type.Sql);
                if (arguments[i].Symbol is not null || !(from.Kind == to.Kind || Casts.IsImplicit(from, to)))
                    return null;
                cost += from.Kind == SqlKind.Null ? 0 : Math.Abs(to.Kind - from.Kind);
            }

            return cost;
        }

        public ScalarFunction FunctionOf(string name, string className, IReadOnlyList<FunctionArgument> arguments)
        {
            var takes = Parameters.Select((p, i) => arguments[i].Type.Kind == p.Type.Sql.Kind ? arguments[i].Type : p.Type.Sql).ToList();
            return BoxedFunction.Of(name, takes, Result.Sql, values => Call(name, className, values), canFail: true) with { Identity = Identity };
        }

        private object? Call(string name, string className, object?[] values)
        {
            var given = new object?[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] is not null)
                    given[i] = Converted(name, Parameters[i].Type.Take, values[i]!);
                else if (!Parameters[i].IsNullable)
                    return null;
            }

            object? result;
            try
            {
                result = Invoker.Invoke(null, given.AsSpan());
            }
#pragma warning disable CA1031 // Whatever a user's code throws concerns its row only.
            catch (Exception e)
#pragma warning restore CA1031
            {
                throw new EvaluationException($"function {name} ('{className}') threw {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}", e);
            }

            return result is null ? null : Converted(name, Result.Give, result);
        }

        private static object Converted(string name, Func<object, object> convert, object value)
        {
            try
            {
                return convert(value);
            }
            catch (Exception e) when (e is EvaluationException or OverflowException)
            {
                throw new EvaluationException($"function {name} {e.Message}", e);
            }
        }

        // Of a class without nullable annotations any reference may be null.
        private static bool IsNullable(ParameterInfo parameter) => new NullabilityInfoContext().Create(parameter).ReadState != NullabilityState.NotNull;

        private static string NameOf(SqlType type) => type.Kind == SqlKind.TimestampLtz ? "TIMESTAMP_LTZ" : type.Kind.ToString().ToUpperInvariant();
    }
}
