using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Intervals added to each other and to times, and multiplied.</summary>
internal static class IntervalFunctions
{
    /// <summary>Chooses <c>+ - *</c> where one side is an interval.</summary>
    public static ScalarFunction? Choose(FunctionCall call)
    {
        var (left, right) = (call.Type(0), call.Type(1));
        var isMinus = call.Name == "-";
        switch (call.Name)
        {
            case "+" or "-" when left.IsInterval && right.Kind == left.Kind:
                return call.Make(isMinus ? Subtract : Add, left, canFail: true);
            case "+" or "-" when right.IsInterval && IsTime(left):
                return Shift(call.Name, left, right, isMinus, 0);
            case "+" when left.IsInterval && IsTime(right):
                return Shift(call.Name, right, left, false, 1);
            case "*" when left.IsInterval && right.IsInteger:
                return call.Make(Multiply, left, [left, SqlType.BigInt], canFail: true);
            case "*" when right.IsInterval && left.IsInteger:
                return call.Make(Multiply, right, [SqlType.BigInt, right], canFail: true);
            default:
                return null;
        }
    }

    private static bool IsTime(SqlType type) => type.Kind is SqlKind.Date or SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz;

    private static ScalarFunction? Shift(string name, SqlType time, SqlType interval, bool isMinus, int timeAt)
    {
        var unit = interval.Kind == SqlKind.IntervalMonths ? TimeUnit.Month : TimeUnit.Millisecond;
        if (time.Kind == SqlKind.Time && unit == TimeUnit.Month)
            return null;
        // A time of day moves a DATE to a time on a day.
        var returns = time.Kind == SqlKind.Date && unit == TimeUnit.Millisecond ? SqlType.Timestamp(3)
            : unit == TimeUnit.Millisecond ? time with { Length = Math.Max(time.Length, 3) }
            : time;
        return BoxedFunction.Strict(name, timeAt == 0 ? [time, interval] : [interval, time], returns, a => Moved(a[timeAt], isMinus ? -(long)a[1 - timeAt] : (long)a[1 - timeAt], unit, returns.Kind), canFail: true);
    }

    /// <summary>Returns a time some units later.</summary>
    public static object Moved(object time, long amount, TimeUnit unit, SqlKind to)
    {
        try
        {
            switch (time)
            {
                case DateOnly date:
                    var moved = TimeUnits.Add(date.ToDateTime(default), amount, unit);
                    return to == SqlKind.Date ? DateOnly.FromDateTime(moved) : moved;
                case TimeOnly clock:
                    return clock.Add(TimeSpan.FromMilliseconds(amount % 86_400_000));
                case DateTime timestamp:
                    return TimeUnits.Add(timestamp, amount, unit);
                default:
                    return new DateTimeOffset(TimeUnits.Add(((DateTimeOffset)time).UtcDateTime, amount, unit).Ticks, TimeSpan.Zero);
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new EvaluationException("the result is outside the years 1 to 9999", e);
        }
    }

    private static long Add(long left, long right) => Checked((Int128)left + right);

    private static long Subtract(long left, long right) => Checked((Int128)left - right);

    private static long Multiply(long left, long right) => Checked((Int128)left * right);

    private static long Checked(Int128 value) => IntegerRange.Of(SqlKind.BigInt).Check(value);
}
