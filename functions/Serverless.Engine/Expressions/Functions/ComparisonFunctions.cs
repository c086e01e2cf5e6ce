using System.Reflection;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary><c>= &lt;&gt; &lt; &lt;= &gt; &gt;=</c>, <c>GREATEST</c> and <c>LEAST</c>.</summary>
internal static class ComparisonFunctions
{
    public static void AddTo(FunctionTable table)
    {
        AddComparison("=", nameof(Equal));
        AddComparison("<>", nameof(Different));
        AddComparison("<", nameof(Less));
        AddComparison("<=", nameof(NotGreater));
        AddComparison(">", nameof(Greater));
        AddComparison(">=", nameof(NotLess));
        AddExtreme("GREATEST", nameof(GreatestValue), nameof(GreatestObject));
        AddExtreme("LEAST", nameof(LeastValue), nameof(LeastObject));

        void AddComparison(string name, string method) => table.Add(name, "two values that can be compared", call =>
        {
            if (call.Count != 2 || call.Symbols.Count > 0 || Casts.ComparisonType(call.Type(0), call.Type(1)) is not { } type)
                return null;
            type = type.Kind == SqlKind.Null ? SqlType.String : type;
            if (type.IsNested && call.Name is not ("=" or "<>"))
                return call.Fail($"{type} values can be equal or not; there is no order");
            // DECIMALs are compared as they are: their common type may have fewer digits.
            SqlType[] types = type.Kind == SqlKind.Decimal ? [OwnDecimal(call.Type(0), type), OwnDecimal(call.Type(1), type)] : [type, type];
            return new ScalarFunction(call.Name, MethodOf(method, type), types, SqlType.Boolean);
        });

        static SqlType OwnDecimal(SqlType type, SqlType common) => type.Kind == SqlKind.Null ? common : Casts.AsDecimal(type);

        void AddExtreme(string name, string ofValues, string ofObjects) => table.Add(name, "values of one type", call =>
        {
            if (call.Count == 0 || call.Symbols.Count > 0)
                return null;
            SqlType? type = SqlType.Null;
            foreach (var argument in call.Arguments)
                type = type is null ? null : Casts.CommonType(type, argument.Type);
            if (type is null || type.IsNested)
                return null;
            type = type.Kind == SqlKind.Null ? SqlType.String : type;
            var method = MethodOf(type.ClrType.IsValueType ? ofValues : ofObjects, type);
            return new ScalarFunction(call.Name, method, [.. call.Arguments.Select(_ => type)], type, TakesNulls: true, IsVariadic: true);
        });
    }

    private static MethodInfo MethodOf(string name, SqlType type)
    {
        var carrier = Nullable.GetUnderlyingType(type.ClrType) ?? type.ClrType;
        var order = type.Kind switch
        {
            SqlKind.String => typeof(CodePointOrder),
            SqlKind.Bytes => typeof(BytesOrder),
            _ when type.IsNested => typeof(NestedOrder),
            _ => typeof(NaturalOrder<>).MakeGenericType(carrier),
        };
        return typeof(ComparisonFunctions).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(carrier, order);
    }

    private static bool Equal<T, TOrder>(T left, T right)
        where TOrder : struct, IComparer<T> => default(TOrder).Compare(left, right) == 0;

    private static bool Different<T, TOrder>(T left, T right)
        where TOrder : struct, IComparer<T> => default(TOrder).Compare(left, right) != 0;

    private static bool Less<T, TOrder>(T left, T right)
        where TOrder : struct, IComparer<T> => default(TOrder).Compare(left, right) < 0;

    private static bool NotGreater<T, TOrder>(T left, T right)
        where TOrder : struct, IComparer<T> => default(TOrder).Compare(left, right) <= 0;

    private static bool Greater<T, TOrder>(T left, T right)
        where TOrder : struct, IComparer<T> => default(TOrder).Compare(left, right) > 0;

    private static bool NotLess<T, TOrder>(T left, T right)
        where TOrder : struct, IComparer<T> => default(TOrder).Compare(left, right) >= 0;

    // NULL where one of them is, as in Flink.
    private static T? GreatestValue<T, TOrder>(T?[] values)
        where T : struct
        where TOrder : struct, IComparer<T> => ExtremeValue<T, TOrder>(values, 1);

    private static T? LeastValue<T, TOrder>(T?[] values)
        where T : struct
        where TOrder : struct, IComparer<T> => ExtremeValue<T, TOrder>(values, -1);

    private static T? GreatestObject<T, TOrder>(T?[] values)
        where T : class
        where TOrder : struct, IComparer<T> => ExtremeObject<T, TOrder>(values, 1);

    private static T? LeastObject<T, TOrder>(T?[] values)
        where T : class
        where TOrder : struct, IComparer<T> => ExtremeObject<T, TOrder>(values, -1);

    private static T? ExtremeValue<T, TOrder>(T?[] values, int sign)
        where T : struct
        where TOrder : struct, IComparer<T>
    {
        var best = values[0];
        foreach (var value in values)
        {
            if (value is null)
                return null;
            if (Math.Sign(default(TOrder).Compare(value.Value, best!.Value)) == sign)
                best = value;
        }

        return best;
    }

    private static T? ExtremeObject<T, TOrder>(T?[] values, int sign)
        where T : class
        where TOrder : struct, IComparer<T>
    {
        var best = values[0];
        foreach (var value in values)
        {
            if (value is null)
                return null;
            if (Math.Sign(default(TOrder).Compare(value, best!)) == sign)
                best = value;
        }

        return best;
    }
}
