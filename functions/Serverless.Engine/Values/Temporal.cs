namespace Serverless.Engine.Values;

/// <summary>The text forms of DATE, TIME and TIMESTAMP, and the way between a zone's clock and an instant. Years 1 to 9999, 100 ns.</summary>
public static partial class Temporal
{
    /// <summary>
    /// Reads a date as CAST does: <c>2021-12-01</c>, <c>2021-12-1</c>, <c>2021-12</c> and <c>2021</c> (the first day), blanks around it, and the
    /// date of a timestamp's text. The year has four digits.
    /// </summary>
    public static bool TryParseDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        text = text.Trim();
        var at = 0;
        if (!TryReadYear(text, ref at, out var year))
            return false;
        int month = 1, day = 1;
        if (TryReadMark(text, ref at, '-') && !TryReadNumber(text, ref at, out month))
            return false;
        if (at > 4 && TryReadMark(text, ref at, '-') && !TryReadNumber(text, ref at, out day))
            return false;
        if (!IsDate(year, month, day) || (at < text.Length && !TryReadTimePart(text, ref at, out _)))
            return false;
        date = new DateOnly(year, month, day);
        return at == text.Length;
    }

    /// <summary>Reads a time: <c>19:10:00.5</c>, <c>9:5</c>, <c>19</c>; at most nine digits of a second, those past the seventh dropped.</summary>
    public static bool TryParseTime(ReadOnlySpan<char> text, out TimeOnly time)
    {
        time = default;
        text = text.Trim();
        var at = 0;
        if (!TryReadTime(text, ref at, needsMinutes: false, out var ticks) || at < text.Length)
            return false;
        time = new TimeOnly(ticks);
        return true;
    }

    /// <summary>
    /// Reads a timestamp: <c>2021-12-01 19:10:00.123456789</c>, with <c>T</c> for the blank, fields of one digit, without seconds, or a date
    /// alone (midnight); blanks around it. Digits of a second past the seventh are dropped.
    /// </summary>
    public static bool TryParseTimestamp(ReadOnlySpan<char> text, out DateTime timestamp)
    {
        if (TryParseCanonical(text, out timestamp))
            return true;
        text = text.Trim();
        var at = 0;
        long ticks = 0;
        if (!TryReadYear(text, ref at, out var year)
            || !TryReadMark(text, ref at, '-') || !TryReadNumber(text, ref at, out var month)
            || !TryReadMark(text, ref at, '-') || !TryReadNumber(text, ref at, out var day)
            || !IsDate(year, month, day)
            || (at < text.Length && !TryReadTimePart(text, ref at, out ticks))
            || at < text.Length)
            return false;
        timestamp = new DateTime(year, month, day).AddTicks(ticks);
        return true;
    }

    /// <summary>Reads a timestamp by a zone's clock, or by UTC's where a <c>Z</c> follows.</summary>
    public static bool TryParseInstant(ReadOnlySpan<char> text, TimeZoneInfo zone, out DateTimeOffset instant)
    {
        text = text.Trim();
        var isUtc = text.Length > 0 && text[^1] == 'Z';
        var parsed = TryParseTimestamp(isUtc ? text[..^1] : text, out var timestamp);
        instant = parsed ? ToInstant(timestamp, isUtc ? TimeZoneInfo.Utc : zone) : default;
        return parsed;
    }

    /// <summary>Drops the digits of a second that a precision does not have.</summary>
    public static DateTime Truncate(DateTime timestamp, int precision) => new(timestamp.Ticks - (timestamp.Ticks % Resolution(precision)));

    /// <summary>The ticks of the last digit of a second that a precision has.</summary>
    internal static long Resolution(int precision) => precision >= 7 ? 1 : PowersOfTen.Long(7 - precision);

    private static bool TryParseCanonical(ReadOnlySpan<char> text, out DateTime timestamp)
    {
        timestamp = default;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[10] is not (' ' or 'T') || text[13] != ':' || text[16] != ':')
            return false;
        var year = (TwoDigits(text, 0) * 100) + TwoDigits(text, 2);
        var (month, day) = (TwoDigits(text, 5), TwoDigits(text, 8));
        var (hour, minute, second) = (TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17));
        // A pair that is no number is far below zero, and none of the others can make up for it.
        if (!IsDate(year, month, day) || (uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
            return false;
        long fraction = 0;
        var at = 19;
        if (at < text.Length && (!TryReadFraction(text, ref at, out fraction) || at < text.Length))
            return false;
        timestamp = new DateTime(year, month, day, hour, minute, second).AddTicks(fraction);
        return true;
    }

    private static int TwoDigits(ReadOnlySpan<char> text, int at)
    {
        var tens = (uint)(text[at] - '0');
        var ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -1_000_000 : (int)((tens * 10) + ones);
    }

    private static bool IsDate(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && (day <= 28 || day <= DateTime.DaysInMonth(year, month));

    private static bool TryReadYear(ReadOnlySpan<char> text, ref int at, out int year)
    {
        year = 0;
        if (text.Length < 4)
            return false;
        year = (TwoDigits(text, 0) * 100) + TwoDigits(text, 2);
        at = 4;
        return year > 0;
    }

    private static bool TryReadMark(ReadOnlySpan<char> text, ref int at, char mark)
    {
        if (at >= text.Length || text[at] != mark)
            return false;
        at++;
        return true;
    }

    // One or two digits.
    private static bool TryReadNumber(ReadOnlySpan<char> text, ref int at, out int value)
    {
        value = 0;
        var start = at;
        while (at < text.Length && at < start + 2 && char.IsAsciiDigit(text[at]))
            value = (value * 10) + (text[at++] - '0');
        return at > start;
    }

    // The separator and the time behind a date.
    private static bool TryReadTimePart(ReadOnlySpan<char> text, ref int at, out long ticks)
    {
        ticks = 0;
        return (TryReadMark(text, ref at, ' ') || TryReadMark(text, ref at, 'T')) && TryReadTime(text, ref at, needsMinutes: true, out ticks);
    }

    private static bool TryReadTime(ReadOnlySpan<char> text, ref int at, bool needsMinutes, out long ticks)
    {
        ticks = 0;
        long fraction = 0;
        int minute = 0, second = 0;
        if (!TryReadNumber(text, ref at, out var hour))
            return false;
        if (TryReadMark(text, ref at, ':'))
        {
            if (!TryReadNumber(text, ref at, out minute))
                return false;
            if (TryReadMark(text, ref at, ':')
                && (!TryReadNumber(text, ref at, out second)
                    || (at < text.Length && text[at] == '.' && !TryReadFraction(text, ref at, out fraction))))
                return false;
        }
        else if (needsMinutes)
        {
            return false;
        }

        ticks = (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
        return hour <= 23 && minute <= 59 && second <= 59;
    }

    // A point and up to nine digits; Java takes the point alone too.
    private static bool TryReadFraction(ReadOnlySpan<char> text, ref int at, out long ticks)
    {
        ticks = 0;
        if (!TryReadMark(text, ref at, '.'))
            return false;
        var start = at;
        for (var unit = TimeSpan.TicksPerSecond / 10; at < text.Length && at < start + 9 && char.IsAsciiDigit(text[at]); at++, unit /= 10)
            ticks += (text[at] - '0') * unit;
        return true;
    }
}
