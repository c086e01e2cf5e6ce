using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Dates and timestamps moved, counted and rounded by units.</summary>
internal static class DateFunctions
{
    private static readonly SqlType AnyTimestamp = SqlType.Timestamp(9);

    public static void AddTo(FunctionTable table)
    {
        table.Add("TIMESTAMPADD", "a unit, an integer and a date, time or timestamp", ChooseAdd);
        table.Add("TIMESTAMPDIFF", "a unit and two dates or timestamps", call =>
            call.Count == 2 && call.Type(0).Kind == SqlKind.Time && call.Type(1).Kind == SqlKind.Time && UnitOf(call) is { } unitOfTime
                ? call.Make(BetweenTimes, SqlType.Int, canFail: true, constant: unitOfTime)
            : call.Count == 2 && IsMoment(call, 0) && IsMoment(call, 1) && UnitOf(call) is { } unit
                ? call.Make(Between, SqlType.Int, [AnyTimestamp, AnyTimestamp], canFail: true, unit)
                : null);
        table.Add("OVERLAPS", "two spans of time: (start, end) OVERLAPS (start, end), where an end may be an INTERVAL", OverlapFunctions.Choose);
        table.Add("DATEDIFF", "two dates, timestamps or strings of such", call =>
            call.Count == 2 && call.Symbols.Count == 0 && IsMomentOrText(call, 0) && IsMomentOrText(call, 1)
                ? call.Make(DaysBetween, SqlType.Int, [AnyTimestamp, AnyTimestamp])
                : null);
        table.Add("DATE_ADD", "a date, timestamp or string of such, and an integer", call => ChooseDays(call, PlusDays));
        table.Add("DATE_SUB", "a date, timestamp or string of such, and an integer", call => ChooseDays(call, MinusDays));
    }

    /// <summary>FLOOR of a date, time or timestamp.</summary>
    public static ScalarFunction? ChooseFloor(FunctionCall call) =>
        ChooseRounding(call, FloorDate, FloorTime, FloorTimestamp, FloorInstant, canFail: false);

    /// <summary>CEIL of a date, time or timestamp; past the year 9999 there is none.</summary>
    public static ScalarFunction? ChooseCeiling(FunctionCall call) =>
        ChooseRounding(call, CeilingDate, CeilingTime, CeilingTimestamp, CeilingInstant, canFail: true);

    private static ScalarFunction? ChooseAdd(FunctionCall call)
    {
        if (call.Count != 2 || !(call.Type(0).IsInteger || call.Type(0).Kind == SqlKind.Null) || UnitOf(call) is not { } unit)
            return null;
        var type = call.Type(1);
        var isClock = unit.Unit > TimeUnit.Day;
        var precision = Math.Max(type.Length, unit.Unit switch { TimeUnit.Millisecond => 3, TimeUnit.Microsecond => 6, _ => 0 });
        return type.Kind switch
        {
            SqlKind.Date when !isClock => call.Make(AddToDate, type, [SqlType.BigInt, type], canFail: true, unit),
            SqlKind.Date or SqlKind.Null => call.Make(AddToTimestamp, SqlType.Timestamp(precision), [SqlType.BigInt, AnyTimestamp], canFail: true, unit),
            SqlKind.Time when !isClock => call.Make(SameTime, type, [SqlType.BigInt, type]),
            SqlKind.Time => call.Make(AddToTime, SqlType.Time(precision), [SqlType.BigInt, type], constant: unit),
            SqlKind.Timestamp => call.Make(AddToTimestamp, SqlType.Timestamp(precision), [SqlType.BigInt, type], canFail: true, unit),
            SqlKind.TimestampLtz => call.Make(AddToInstant, SqlType.TimestampLtz(precision), [SqlType.BigInt, type], canFail: true, unit),
            _ => null,
        };
    }

    private static ScalarFunction? ChooseRounding(
        FunctionCall call, Delegate ofDate, Delegate ofTime, Delegate ofTimestamp, Delegate ofInstant, bool canFail)
    {
        if (call.Count != 1 || UnitOf(call) is not { } unit)
            return null;
        return call.Type(0).Kind switch
        {
            SqlKind.Date => call.Make(ofDate, call.Type(0), canFail, unit),
            SqlKind.Time when unit.Unit > TimeUnit.Day => call.Make(ofTime, call.Type(0), canFail: false, unit),
            SqlKind.Timestamp => call.Make(ofTimestamp, call.Type(0), canFail, unit),
            SqlKind.TimestampLtz => call.Make(ofInstant, call.Type(0), canFail, unit),
            _ => null,
        };
    }

    private static ScalarFunction? ChooseDays(FunctionCall call, Delegate method) =>
        call.Count == 2 && call.Symbols.Count == 0 && IsMomentOrText(call, 0) && (call.Type(1).IsInteger || call.Type(1).Kind == SqlKind.Null)
            ? call.Make(method, SqlType.String, [AnyTimestamp, SqlType.BigInt], canFail: true)
            : null;

    private static UnitInZone? UnitOf(FunctionCall call)
    {
        if (call.Symbols.Count != 1)
            return null;
        if (TimeUnits.TryParse(call.Symbols[0], out var unit))
            return new UnitInZone(unit, call.Zone);
        call.Fail($"{call.Name} does not know the unit {call.Symbols[0]}");
        return null;
    }

    private static bool IsMoment(FunctionCall call, int index) =>
        call.Type(index).Kind is SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampLtz or SqlKind.Null;

    private static bool IsMomentOrText(FunctionCall call, int index) => IsMoment(call, index) || call.Is(index, SqlKind.String);

    private static DateOnly AddToDate(UnitInZone unit, long count, DateOnly date) => DateOnly.FromDateTime(Shift(date.ToDateTime(default), count, unit.Unit));

    // Days leave a time of day as it is.
    private static TimeOnly SameTime(long count, TimeOnly time) => time;

    private static TimeOnly AddToTime(UnitInZone unit, long count, TimeOnly time)
    {
        // Around the clock: only the part of the count within a day moves it.
        var perDay = TimeUnits.Between(DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1), unit.Unit);
        return TimeOnly.FromDateTime(TimeUnits.Add(new DateTime(2000, 1, 1).AddTicks(time.Ticks), count % perDay, unit.Unit));
    }

    private static DateTime AddToTimestamp(UnitInZone unit, long count, DateTime timestamp) => Shift(timestamp, count, unit.Unit);

    private static DateTimeOffset AddToInstant(UnitInZone unit, long count, DateTimeOffset instant) =>
        new(Shift(instant.DateTime, count, unit.Unit).Ticks, TimeSpan.Zero);

    private static long Between(UnitInZone unit, DateTime from, DateTime to) =>
        IntegerRange.Of(SqlKind.Int).Check(TimeUnits.Between(from, to, unit.Unit));

    private static long BetweenTimes(UnitInZone unit, TimeOnly from, TimeOnly to) => Between(unit, new DateTime(from.Ticks), new DateTime(to.Ticks));

    private static long DaysBetween(DateTime end, DateTime start) => (end.Date - start.Date).Days;

    private static string PlusDays(DateTime timestamp, long days) => Temporal.Format(DateOnly.FromDateTime(Shift(timestamp, days, TimeUnit.Day)));

    private static string MinusDays(DateTime timestamp, long days) => PlusDays(timestamp, days == long.MinValue ? long.MaxValue : -days);

    private static DateOnly FloorDate(UnitInZone unit, DateOnly date) => DateOnly.FromDateTime(TimeUnits.Floor(date.ToDateTime(default), unit.Unit));

    private static TimeOnly FloorTime(UnitInZone unit, TimeOnly time) => TimeOnly.FromDateTime(TimeUnits.Floor(new DateTime(time.Ticks), unit.Unit));

    private static DateTime FloorTimestamp(UnitInZone unit, DateTime timestamp) => TimeUnits.Floor(timestamp, unit.Unit);

    private static DateTimeOffset FloorInstant(UnitInZone unit, DateTimeOffset instant) =>
        Temporal.ToInstant(TimeUnits.Floor(Temporal.ToLocal(instant, unit.Zone), unit.Unit), unit.Zone);

    private static DateOnly CeilingDate(UnitInZone unit, DateOnly date) => DateOnly.FromDateTime(CeilingTimestamp(unit, date.ToDateTime(default)));

    // Past the last full unit of the day comes midnight.
    private static TimeOnly CeilingTime(UnitInZone unit, TimeOnly time) => TimeOnly.FromDateTime(TimeUnits.Ceiling(new DateTime(time.Ticks), unit.Unit));

    private static DateTime CeilingTimestamp(UnitInZone unit, DateTime timestamp)
    {
        try
        {
            return TimeUnits.Ceiling(timestamp, unit.Unit);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw OutOfYears(e);
        }
    }

    private static DateTimeOffset CeilingInstant(UnitInZone unit, DateTimeOffset instant) =>
        Temporal.ToInstant(CeilingTimestamp(unit, Temporal.ToLocal(instant, unit.Zone)), unit.Zone);

    private static DateTime Shift(DateTime timestamp, long count, TimeUnit unit)
    {
        try
        {
            return TimeUnits.Add(timestamp, count, unit);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw OutOfYears(e);
        }
    }

    private static EvaluationException OutOfYears(Exception cause) => new("the result is outside the years 1 to 9999", cause);

    private sealed record UnitInZone(TimeUnit Unit, TimeZoneInfo Zone);
}
