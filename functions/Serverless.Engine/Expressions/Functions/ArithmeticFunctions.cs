using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary><c>+ - * / %</c> and unary minus. Integers stay integers, DECIMALs grow by Flink's rules, FLOAT and DOUBLE add the decimal numbers of their shortest texts, and round once.</summary>
internal static class ArithmeticFunctions
{
    private const string TwoNumbers = "two numbers";
    private const int MaxPrecision = 38;
    private const int MinDivisionScale = 6;

    public static void AddTo(FunctionTable table)
    {
        table.Add("+", TwoNumbers, call => Choose(call, AddIntegers, AddNumbers, AddNumbers, SumType));
        table.Add("-", TwoNumbers, call => Choose(call, SubtractIntegers, SubtractNumbers, SubtractNumbers, SumType));
        table.Add("*", TwoNumbers, call => Choose(call, MultiplyIntegers, MultiplyNumbers, MultiplyNumbers, ProductType));
        table.Add("/", TwoNumbers, call => Choose(call, DivideIntegers, DivideDecimals, DivideDoubles, QuotientType, canAlwaysFail: true));
        table.Add("% MOD", TwoNumbers, call => Choose(call, RemainIntegers, RemainNumbers, RemainNumbers, RemainderType, canAlwaysFail: true));
        table.Add("NEGATE", "a number", call =>
            call.Count != 1 || call.Symbols.Count > 0 ? null
            : call.Type(0).IsInteger ? call.Make(NegateInteger, call.Type(0), canFail: true, constant: IntegerRange.Of(call.Type(0).Kind))
            : call.Type(0).IsNumber ? call.Make(Number.Negate, call.Type(0))
            : call.Type(0).IsInterval ? call.Make(NegateInteger, call.Type(0), canFail: true, constant: IntegerRange.Of(SqlKind.BigInt))
            : null);
    }

    /// <summary>The number, as the type that a function returns holds it.</summary>
    public static Number Fit(SqlType type, Number number) =>
        number.TryFit(type, out var fit) ? fit
        : throw new EvaluationException(type.Kind == SqlKind.Decimal ? $"{number} is out of range for {type}" : "the result is not a finite number");

    /// <summary>The result of floating-point arithmetic.</summary>
    public static Number Fit(double value) =>
        double.IsFinite(value) ? Number.FromDouble(value) : throw new EvaluationException("the result is not a finite number");

    private static Number Fit(float value) =>
        float.IsFinite(value) ? Number.FromSingle(value) : throw new EvaluationException("the result is not a finite number");

    private static ScalarFunction? Choose(
        FunctionCall call,
        Func<IntegerRange, long, long, long> integers,
        Func<SqlType, Number, Number, Number> decimals,
        Func<SqlType, Number, Number, Number> doubles,
        Func<SqlType, SqlType, (int Precision, int Scale)> decimalType,
        bool canAlwaysFail = false)
    {
        if (call.Count != 2 || call.Symbols.Count > 0)
            return null;
        if (call.Type(0).IsInterval || call.Type(1).IsInterval)
            return IntervalFunctions.Choose(call);
        // A bare NULL takes the other's type; the result is NULL whatever it is.
        var left = call.Type(0).Kind == SqlKind.Null ? call.Type(1) : call.Type(0);
        var right = call.Type(1).Kind == SqlKind.Null ? left : call.Type(1);
        if (!left.IsNumeric || !right.IsNumeric)
            return null;

        var common = Casts.CommonType(left, right)!;
        if (common.IsInteger)
            return call.Make(integers, common, [common, common], canFail: true, IntegerRange.Of(common.Kind));
        if (common.Kind is SqlKind.Float or SqlKind.Double)
        {
            return call.Make(doubles, common, [common, common], canFail: true, common);
        }

        (left, right) = (Casts.AsDecimal(left), Casts.AsDecimal(right));
        var (precision, scale) = decimalType(left, right);
        var result = Capped(precision, scale);
        return call.Make(decimals, result, [left, right], canAlwaysFail || precision > MaxPrecision, result);
    }

    private static (int Precision, int Scale) SumType(SqlType left, SqlType right)
    {
        var scale = Math.Max(left.Scale, right.Scale);
        return (Math.Max(left.Length - left.Scale, right.Length - right.Scale) + scale + 1, scale);
    }

    private static (int Precision, int Scale) ProductType(SqlType left, SqlType right) =>
        (left.Length + right.Length + 1, left.Scale + right.Scale);

    private static (int Precision, int Scale) QuotientType(SqlType left, SqlType right)
    {
        var scale = Math.Max(MinDivisionScale, left.Scale + right.Length + 1);
        return (left.Length - left.Scale + right.Scale + scale, scale);
    }

    private static (int Precision, int Scale) RemainderType(SqlType left, SqlType right)
    {
        var scale = Math.Max(left.Scale, right.Scale);
        return (Math.Min(left.Length - left.Scale, right.Length - right.Scale) + scale, scale);
    }

    // Past 38 digits the scale gives way to the whole part, down to six digits.
    private static SqlType Capped(int precision, int scale)
    {
        if (precision <= MaxPrecision)
            return SqlType.Decimal(Math.Max(precision, 1), scale);
        return SqlType.Decimal(MaxPrecision, Math.Max(MaxPrecision - (precision - scale), Math.Min(scale, MinDivisionScale)));
    }

    private static long AddIntegers(IntegerRange range, long left, long right) => range.Check((Int128)left + right);

    private static Number AddNumbers(SqlType type, Number left, Number right) => Fit(type, left + right);

    private static long SubtractIntegers(IntegerRange range, long left, long right) => range.Check((Int128)left - right);

    private static Number SubtractNumbers(SqlType type, Number left, Number right) => Fit(type, left - right);

    private static long MultiplyIntegers(IntegerRange range, long left, long right) => range.Check((Int128)left * right);

    private static Number MultiplyNumbers(SqlType type, Number left, Number right) => Fit(type, left * right);

    private static long DivideIntegers(IntegerRange range, long left, long right) => range.Check((Int128)left / NotZero(right));

    private static Number DivideDecimals(SqlType type, Number left, Number right) => Fit(type, Number.Divide(left, NotZero(right), type.Scale));

    private static Number DivideDoubles(SqlType type, Number left, Number right) => type.Kind == SqlKind.Float
        ? Fit(left.ToSingle() / NotZero(right).ToSingle())
        : Fit(left.ToDouble() / NotZero(right).ToDouble());

    private static long RemainIntegers(IntegerRange range, long left, long right) => range.Check((Int128)left % NotZero(right));

    private static Number RemainNumbers(SqlType type, Number left, Number right) => Fit(type, left % NotZero(right));

    private static long NegateInteger(IntegerRange range, long value) => range.Check(-(Int128)value);

    private static long NotZero(long divisor) => divisor != 0 ? divisor : throw new EvaluationException("division by zero");

    private static Number NotZero(Number divisor) => divisor.Sign != 0 ? divisor : throw new EvaluationException("division by zero");
}
