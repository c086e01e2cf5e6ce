using System.Globalization;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary><c>EXTRACT(unit FROM x)</c> and the functions named after a unit. Weeks are ISO's, days of the week count from Sunday as 1.</summary>
internal static class ExtractFunctions
{
    private static readonly Dictionary<string, Func<DateTime, long>> OfTimestamp = new()
    {
        ["YEAR"] = Year,
        ["QUARTER"] = Quarter,
        ["MONTH"] = Month,
        ["WEEK"] = Week,
        ["DAY"] = Day,
        ["DOY"] = DayOfYear,
        ["DOW"] = DayOfWeek,
        ["ISODOW"] = IsoDayOfWeek,
        ["ISOYEAR"] = IsoYear,
        ["DECADE"] = Decade,
        ["CENTURY"] = Century,
        ["MILLENNIUM"] = Millennium,
        ["HOUR"] = Hour,
        ["MINUTE"] = Minute,
        ["SECOND"] = Second,
        ["MILLISECOND"] = Millisecond,
        ["MICROSECOND"] = Microsecond,
        ["NANOSECOND"] = Nanosecond,
        ["EPOCH"] = Epoch,
    };

    private static readonly Dictionary<string, Func<TimeOnly, long>> OfTime = new()
    {
        ["HOUR"] = HourOfTime,
        ["MINUTE"] = MinuteOfTime,
        ["SECOND"] = SecondOfTime,
        ["MILLISECOND"] = MillisecondOfTime,
        ["MICROSECOND"] = MicrosecondOfTime,
    };

    public static void AddTo(FunctionTable table)
    {
        table.Add("EXTRACT", "a unit and a date, time or timestamp", call => call.Symbols.Count == 1 ? Choose(call, call.Symbols[0]) : null);
        (string Name, string Unit)[] named =
        [
            ("YEAR", "YEAR"), ("QUARTER", "QUARTER"), ("MONTH", "MONTH"), ("WEEK", "WEEK"), ("DAYOFYEAR", "DOY"), ("DAYOFMONTH", "DAY"),
            ("DAYOFWEEK", "DOW"), ("HOUR", "HOUR"), ("MINUTE", "MINUTE"), ("SECOND", "SECOND"),
        ];
        foreach (var (name, unit) in named)
            table.Add(name, "a date, time or timestamp", call => call.Symbols.Count == 0 ? Choose(call, unit) : null);
    }

    private static ScalarFunction? Choose(FunctionCall call, string unit)
    {
        if (call.Count != 1)
            return null;
        unit = unit.StartsWith("SQL_TSI_", StringComparison.Ordinal) ? unit["SQL_TSI_".Length..] : unit;
        if (!OfTimestamp.TryGetValue(unit, out var method))
            return call.Fail($"{call.Name} does not know the unit {unit}");
        return call.Type(0).Kind switch
        {
            SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampLtz or SqlKind.Null => call.Make(method, SqlType.BigInt, [SqlType.Timestamp(9)]),
            SqlKind.IntervalMonths when unit is "YEAR" or "QUARTER" or "MONTH" => call.Make(PartOfMonths, SqlType.BigInt, constant: unit),
            SqlKind.IntervalTime when OfInterval(unit) is { } part => call.Make(PartOfTime, SqlType.BigInt, constant: part),
            SqlKind.Time when OfTime.TryGetValue(unit, out var ofTime) => call.Make(ofTime, SqlType.BigInt),
            _ => null,
        };
    }

    private static long PartOfMonths(string unit, long months) => unit switch { "YEAR" => months / 12, "QUARTER" => (months % 12 / 3) + 1, _ => months % 12 };

    // How many milliseconds a unit has, and how many of it the next one.
    private static (long Unit, long Next)? OfInterval(string unit) => unit switch
    {
        "DAY" => (86_400_000, long.MaxValue),
        "HOUR" => (3_600_000, 24),
        "MINUTE" => (60_000, 60),
        "SECOND" => (1000, 60),
        "MILLISECOND" => (1, 1000),
        _ => null,
    };

    private static long PartOfTime((long Unit, long Next) part, long milliseconds) => milliseconds / part.Unit % part.Next;

    private static long Year(DateTime timestamp) => timestamp.Year;

    private static long Quarter(DateTime timestamp) => (timestamp.Month + 2) / 3;

    private static long Month(DateTime timestamp) => timestamp.Month;

    private static long Week(DateTime timestamp) => ISOWeek.GetWeekOfYear(timestamp);

    private static long Day(DateTime timestamp) => timestamp.Day;

    private static long DayOfYear(DateTime timestamp) => timestamp.DayOfYear;

    private static long DayOfWeek(DateTime timestamp) => (int)timestamp.DayOfWeek + 1;

    private static long IsoDayOfWeek(DateTime timestamp) => timestamp.DayOfWeek == System.DayOfWeek.Sunday ? 7 : (int)timestamp.DayOfWeek;

    private static long IsoYear(DateTime timestamp) => ISOWeek.GetYear(timestamp);

    private static long Decade(DateTime timestamp) => timestamp.Year / 10;

    private static long Century(DateTime timestamp) => (timestamp.Year + 99) / 100;

    private static long Millennium(DateTime timestamp) => (timestamp.Year + 999) / 1000;

    private static long Hour(DateTime timestamp) => timestamp.Hour;

    private static long Minute(DateTime timestamp) => timestamp.Minute;

    private static long Second(DateTime timestamp) => timestamp.Second;

    // Of the second, without its whole seconds.
    private static long Millisecond(DateTime timestamp) => timestamp.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMillisecond;

    private static long Microsecond(DateTime timestamp) => timestamp.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;

    private static long Nanosecond(DateTime timestamp) => timestamp.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;

    private static long Epoch(DateTime timestamp) => (long)Math.Floor((timestamp - DateTime.UnixEpoch).TotalSeconds);

    private static long HourOfTime(TimeOnly time) => time.Hour;

    private static long MinuteOfTime(TimeOnly time) => time.Minute;

    private static long SecondOfTime(TimeOnly time) => time.Second;

    private static long MillisecondOfTime(TimeOnly time) => Millisecond(new DateTime(time.Ticks));

    private static long MicrosecondOfTime(TimeOnly time) => Microsecond(new DateTime(time.Ticks));
}
