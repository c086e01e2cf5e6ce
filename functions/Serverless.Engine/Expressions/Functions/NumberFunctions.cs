using System.Globalization;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Rounding, signs, powers and logarithms.</summary>
internal static class NumberFunctions
{
    private const int MaxPrecision = 38;
    private const int MaxShift = 400; // past any digit that a number has

    public static void AddTo(FunctionTable table)
    {
        var number = SqlType.Double;
        table.Add("ABS", "a number", call =>
            !IsNumber(call) ? null
            : call.Type(0).IsInteger ? call.Make(AbsInteger, call.Type(0), canFail: true, constant: IntegerRange.Of(call.Type(0).Kind))
            : call.Make(Number.Abs, call.Type(0)));
        table.Add("SIGN", "a number", call =>
            !IsNumber(call) ? null
            : call.Type(0).IsInteger ? call.Make(SignOfInteger, call.Type(0))
            : call.Make(SignOfNumber, call.Type(0), constant: call.Type(0)));
        table.Add("CEIL CEILING", "a number, or a date or timestamp and a unit", call =>
            call.Symbols.Count > 0 ? DateFunctions.ChooseCeiling(call) : ChooseWhole(call, Ceiling));
        table.Add("FLOOR", "a number, or a date or timestamp and a unit", call =>
            call.Symbols.Count > 0 ? DateFunctions.ChooseFloor(call) : ChooseWhole(call, Floor));
        table.Add("ROUND", "a number and perhaps an integer", call => ChooseRounding(call, RoundInteger, RoundNumber));
        table.Add("TRUNCATE", "a number and perhaps an integer", call => ChooseRounding(call, TruncateInteger, TruncateNumber));
        table.Add("POWER", "two numbers", new Overload(Power, number, number, number) { CanFail = true });
        table.Add("SQRT", "a number", new Overload(SquareRoot, number, number) { CanFail = true });
        table.Add("EXP", "a number", new Overload(Exponential, number, number) { CanFail = true });
        table.Add("LN", "a number", new Overload(Logarithm, number, number) { CanFail = true });
        table.Add("LOG10", "a number", new Overload(Logarithm10, number, number) { CanFail = true });
        table.Add("LOG2", "a number", new Overload(Logarithm2, number, number) { CanFail = true });
        table.Add(
            "LOG",
            "a number, or a base and a number",
            new Overload(Logarithm, number, number) { CanFail = true },
            new Overload(LogarithmOf, number, number, number) { CanFail = true });
    }

    private static bool IsNumber(FunctionCall call) => call.Count == 1 && call.Symbols.Count == 0 && call.Type(0).IsNumeric;

    private static ScalarFunction? ChooseWhole(FunctionCall call, Delegate cut)
    {
        if (!IsNumber(call))
            return null;
        var type = call.Type(0);
        if (type.IsInteger)
            return call.Make(Same, type);
        // The digits before the point, and one for 9.9 that becomes 10.
        return call.Make(cut, type.Kind == SqlKind.Decimal ? SqlType.Decimal(Math.Min(type.Length - type.Scale + 1, MaxPrecision), 0) : type);
    }

    // A DECIMAL has as many digits behind the point as are asked for, where a literal says so.
    private static ScalarFunction? ChooseRounding(FunctionCall call, Delegate integers, Delegate numbers)
    {
        if (call.Count is not (1 or 2) || call.Symbols.Count > 0 || !call.Type(0).IsNumeric || (call.Count == 2 && !call.Type(1).IsInteger))
            return null;
        var type = call.Type(0);
        var isShort = call.Count == 1;
        if (type.IsInteger)
        {
            return isShort ? call.Make(Same, type)
                : call.Make(integers, type, canFail: true, constant: IntegerRange.Of(type.Kind));
        }

        var result = type;
        if (type.Kind == SqlKind.Decimal)
        {
            var places = isShort ? 0
                : int.TryParse(call.Arguments[1].Constant, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var literal)
                    ? Math.Clamp(literal, 0, type.Scale)
                    : type.Scale;
            result = SqlType.Decimal(Math.Min(type.Length - type.Scale + places + 1, MaxPrecision), places);
        }

        var canFail = result.Kind != SqlKind.Decimal || result.Length == MaxPrecision; // the greatest DOUBLE rounds up to none
        return isShort
            ? call.Make(numbers == (Delegate)RoundNumber ? RoundToWhole : TruncateToWhole, result, canFail, result)
            : call.Make(numbers, result, canFail, result);
    }

    private static long Same(long value) => value;

    private static long AbsInteger(IntegerRange range, long value) => range.Check(Int128.Abs(value));

    private static long SignOfInteger(long value) => Math.Sign(value);

    private static Number SignOfNumber(SqlType type, Number number) => new Number((long)number.Sign).TryFit(type, out var fit) ? fit : new Number((long)number.Sign);

    private static Number Ceiling(Number number) => number.Ceiling();

    private static Number Floor(Number number) => number.Floor();

    private static long RoundInteger(IntegerRange range, long value, long places) =>
        range.Check((Int128)new Number(value).Round(Shift(places)).SetScale(0).Unscaled);

    private static long TruncateInteger(IntegerRange range, long value, long places) =>
        range.Check((Int128)new Number(value).Truncate(Shift(places)).SetScale(0).Unscaled);

    private static Number RoundNumber(SqlType type, Number number, long places) => Typed(type, number.Round(Shift(places)));

    private static Number TruncateNumber(SqlType type, Number number, long places) => Typed(type, number.Truncate(Shift(places)));

    private static Number RoundToWhole(SqlType type, Number number) => Typed(type, number.Round(0));

    private static Number TruncateToWhole(SqlType type, Number number) => Typed(type, number.Truncate());

    private static Number Power(Number number, Number exponent) => ArithmeticFunctions.Fit(Math.Pow(number.ToDouble(), exponent.ToDouble()));

    private static Number SquareRoot(Number number) => ArithmeticFunctions.Fit(Math.Sqrt(number.ToDouble()));

    private static Number Exponential(Number number) => ArithmeticFunctions.Fit(Math.Exp(number.ToDouble()));

    private static Number Logarithm(Number number) => ArithmeticFunctions.Fit(Math.Log(number.ToDouble()));

    private static Number Logarithm10(Number number) => ArithmeticFunctions.Fit(Math.Log10(number.ToDouble()));

    private static Number Logarithm2(Number number) => ArithmeticFunctions.Fit(Math.Log(number.ToDouble()) / Math.Log(2));

    private static Number LogarithmOf(Number @base, Number number) =>
        ArithmeticFunctions.Fit(Math.Log(number.ToDouble()) / Math.Log(@base.ToDouble()));

    private static Number Typed(SqlType type, Number number) => ArithmeticFunctions.Fit(type, number);

    private static int Shift(long places) => (int)Math.Clamp(places, -MaxShift, MaxShift);
}
