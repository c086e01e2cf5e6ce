namespace Serverless.Engine.Values;

/// <summary>Timestamps counted in units.</summary>
public static class TimeUnits
{
    private const int MaxMonths = 120_000; // more than the calendar has

    /// <summary>Finds the unit that a word of SQL names: <c>DAY</c>, <c>DAYS</c>, <c>SQL_TSI_DAY</c>.</summary>
    public static bool TryParse(string word, out TimeUnit unit)
    {
        const string odbc = "SQL_TSI_";
        var name = word.StartsWith(odbc, StringComparison.Ordinal) ? word[odbc.Length..] : word;
        return (Enum.TryParse(name, ignoreCase: true, out unit) || (name.EndsWith('S') && Enum.TryParse(name[..^1], ignoreCase: true, out unit)))
            && unit != TimeUnit.Fraction && !char.IsAsciiDigit(name[0]);
    }

    /// <summary>The beginning of the unit that a timestamp lies in. Weeks begin on Sunday, as Flink's FLOOR has it.</summary>
    public static DateTime Floor(DateTime timestamp, TimeUnit unit) => unit switch
    {
        TimeUnit.Millennium => new DateTime(((timestamp.Year - 1) / 1000 * 1000) + 1, 1, 1),
        TimeUnit.Century => new DateTime(((timestamp.Year - 1) / 100 * 100) + 1, 1, 1),
        TimeUnit.Decade => new DateTime(Math.Max(timestamp.Year / 10 * 10, 1), 1, 1),
        TimeUnit.Year => new DateTime(timestamp.Year, 1, 1),
        TimeUnit.Quarter => new DateTime(timestamp.Year, ((timestamp.Month - 1) / 3 * 3) + 1, 1),
        TimeUnit.Month => new DateTime(timestamp.Year, timestamp.Month, 1),
        TimeUnit.Week => new DateTime(Math.Max(timestamp.Date.Ticks - ((int)timestamp.DayOfWeek * TimeSpan.TicksPerDay), 0)),
        TimeUnit.Fraction => timestamp,
        _ => new DateTime(timestamp.Ticks - (timestamp.Ticks % Ticks(unit))),
    };

    /// <summary>The first beginning of a unit that is not before a timestamp.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is past the year 9999.</exception>
    public static DateTime Ceiling(DateTime timestamp, TimeUnit unit)
    {
        var floor = Floor(timestamp, unit);
        return floor == timestamp ? floor : Add(floor, 1, unit);
    }

    /// <summary>A timestamp some units later; where the month is too short, its last day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the years 1 to 9999.</exception>
    public static DateTime Add(DateTime timestamp, long count, TimeUnit unit)
    {
        if (Months(unit) is var months and > 0)
        {
            if (count < -MaxMonths / months || count > MaxMonths / months)
                throw new ArgumentOutOfRangeException(nameof(count));
            return timestamp.AddMonths((int)count * months);
        }

        var ticks = timestamp.Ticks + ((Int128)count * Ticks(unit));
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            throw new ArgumentOutOfRangeException(nameof(count));
        return new DateTime((long)ticks);
    }

    /// <summary>How many whole units lie from one timestamp to the other; negative where the second is the earlier.</summary>
    public static long Between(DateTime from, DateTime to, TimeUnit unit)
    {
        if (Months(unit) is not (var perUnit and > 0))
            return (to.Ticks - from.Ticks) / Ticks(unit);
        var months = ((to.Year - from.Year) * 12) + to.Month - from.Month;
        var fromInMonth = ((from.Day - 1) * TimeSpan.TicksPerDay) + from.TimeOfDay.Ticks;
        var toInMonth = ((to.Day - 1) * TimeSpan.TicksPerDay) + to.TimeOfDay.Ticks;
        if (months > 0 && toInMonth < fromInMonth)
            months--;
        else if (months < 0 && toInMonth > fromInMonth)
            months++;
        return months / perUnit;
    }

    private static int Months(TimeUnit unit) => unit switch
    {
        TimeUnit.Millennium => 12_000,
        TimeUnit.Century => 1200,
        TimeUnit.Decade => 120,
        TimeUnit.Year => 12,
        TimeUnit.Quarter => 3,
        TimeUnit.Month => 1,
        _ => 0,
    };

    private static long Ticks(TimeUnit unit) => unit switch
    {
        TimeUnit.Week => 7 * TimeSpan.TicksPerDay,
        TimeUnit.Day => TimeSpan.TicksPerDay,
        TimeUnit.Hour => TimeSpan.TicksPerHour,
        TimeUnit.Minute => TimeSpan.TicksPerMinute,
        TimeUnit.Second => TimeSpan.TicksPerSecond,
        TimeUnit.Millisecond => TimeSpan.TicksPerMillisecond,
        _ => TimeSpan.TicksPerMicrosecond,
    };
}
