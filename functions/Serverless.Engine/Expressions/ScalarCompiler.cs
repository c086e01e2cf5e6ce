using System.Linq.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>Turns bound expressions into delegates, once per job.</summary>
internal static class ScalarCompiler
{
    private static readonly ParameterExpression Input = Expression.Parameter(typeof(EvaluationInput).MakeByRefType(), "input");

    /// <summary>Compiles an expression whose leaves have been mapped to columns.</summary>
    /// <param name="scalar">The expression.</param>
    /// <param name="slot">The column that a leaf's value stands in.</param>
    public static Evaluator Compile(Scalar scalar, Func<LeafScalar, int> slot)
    {
        var type = scalar.Type.ClrType;
        var lambda = Expression.Lambda(typeof(Evaluate<>).MakeGenericType(type), new Visitor(slot).Visit(scalar), Input);
        return (Evaluator)Activator.CreateInstance(typeof(Evaluator<>).MakeGenericType(type), lambda.Compile())!;
    }

    private sealed class Visitor(Func<LeafScalar, int> slot)
    {
        public Expression Visit(Scalar scalar) => scalar switch
        {
            ConstantScalar constant => Expression.Constant(constant.Value, constant.Type.ClrType),
            ClockScalar => Expression.Convert(Expression.Property(Input, nameof(EvaluationInput.Now)), typeof(DateTimeOffset?)),
            LeafScalar leaf => Slot(slot(leaf), leaf.Type.ClrType),
            CallScalar call => Call(call),
            TryScalar attempt => Expression.TryCatch(
                Visit(attempt.Operand),
                Expression.Catch(typeof(EvaluationException), Expression.Default(attempt.Type.ClrType))),
            LogicalScalar logical => Logical(logical),
            NotScalar not => Expression.Not(Visit(not.Operand)),
            IsNullScalar isNull => Expression.Convert(IsNull(Visit(isNull.Operand)), typeof(bool?)),
            CoalesceScalar coalesce => coalesce.Arguments.Select(Visit).Reverse().Aggregate((rest, value) =>
                With(value, v => Expression.Condition(IsNull(v), rest, v))),
            CaseScalar @case => @case.Conditions.Zip(@case.Results).Reverse().Aggregate(Visit(@case.Else), (rest, when) =>
                Expression.Condition(IsTrue(Visit(when.First)), Visit(when.Second), rest)),
            _ => throw new InvalidOperationException($"cannot compile {scalar.GetType().Name}"),
        };

        private static Expression Slot(int index, Type type)
        {
            var column = Expression.ArrayIndex(Expression.Property(Input, nameof(EvaluationInput.Columns)), Expression.Constant(index));
            // Texts may stand in a column as UTF-8.
            if (type == typeof(string))
                return Expression.Call(column, nameof(Column.Text), null, Expression.Property(Input, nameof(EvaluationInput.Row)));
            var values = Expression.Property(Expression.Convert(column, typeof(Column<>).MakeGenericType(type)), nameof(Column<int>.Values));
            return Expression.ArrayAccess(values, Expression.Property(Input, nameof(EvaluationInput.Row)));
        }

        private Expression Call(CallScalar call)
        {
            var function = call.Function;
            var parameters = function.Method.GetParameters();
            var arguments = new List<Expression>();
            if (function.Constant is not null)
                arguments.Add(Expression.Constant(function.Constant, parameters[0].ParameterType));
            var result = call.Type.ClrType;

            if (function.TakesNulls)
            {
                var values = call.Arguments.Select(Visit).ToList();
                var plain = function.IsVariadic ? parameters.Length - arguments.Count - 1 : values.Count;
                arguments.AddRange(values.Take(plain));
                if (function.IsVariadic)
                {
                    var item = parameters[^1].ParameterType.GetElementType()!;
                    arguments.Add(Expression.NewArrayInit(item, values.Skip(plain).Select(v => Nullable(v, item))));
                }

                return Nullable(Expression.Call(function.Method, arguments), result);
            }

            return Strict(0);

            // One argument after the other: what follows a NULL is not evaluated.
            Expression Strict(int i)
            {
                if (i == call.Arguments.Count)
                    return Nullable(Expression.Call(function.Method, arguments), result);
                var argument = call.Arguments[i];
                if (argument is ConstantScalar { Value: not null } constant)
                {
                    arguments.Add(Expression.Constant(constant.Value, parameters[arguments.Count].ParameterType));
                    return Strict(i + 1);
                }

                return With(Visit(argument), v =>
                {
                    arguments.Add(Value(v));
                    return Expression.Condition(IsNull(v), Expression.Default(result), Strict(i + 1));
                });
            }
        }

        private Expression Logical(LogicalScalar logical)
        {
            // What decides on its own: FALSE for AND, TRUE for OR.
            var deciding = Expression.Constant(!logical.IsAnd, typeof(bool?));
            var other = Expression.Constant(logical.IsAnd, typeof(bool?));
            return With(Visit(logical.Left), left => Expression.Condition(
                Is(left, !logical.IsAnd),
                deciding,
                With(Visit(logical.Right), right => Expression.Condition(
                    Is(right, !logical.IsAnd),
                    deciding,
                    Expression.Condition(Expression.OrElse(IsNull(left), IsNull(right)), Expression.Default(typeof(bool?)), other)))));
        }

        private static Expression Is(Expression value, bool expected) => expected
            ? IsTrue(value)
            : Expression.AndAlso(Expression.Not(IsNull(value)), Expression.Not(Value(value)));

        private static MethodCallExpression IsTrue(Expression value) => Expression.Call(value, nameof(System.Nullable<bool>.GetValueOrDefault), null);

        private static Expression IsNull(Expression value) => value.Type.IsValueType
            ? Expression.Not(Expression.Property(value, nameof(System.Nullable<int>.HasValue)))
            : Expression.ReferenceEqual(value, Expression.Constant(null, value.Type));

        private static Expression Value(Expression value) =>
            value.Type.IsValueType ? Expression.Call(value, nameof(System.Nullable<int>.GetValueOrDefault), null) : value;

        private static Expression Nullable(Expression value, Type type) => value.Type == type ? value : Expression.Convert(value, type);

        private static BlockExpression With(Expression value, Func<ParameterExpression, Expression> body)
        {
            var variable = Expression.Variable(value.Type);
            return Expression.Block([variable], Expression.Assign(variable, value), body(variable));
        }
    }
}
