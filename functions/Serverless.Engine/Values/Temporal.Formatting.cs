namespace Serverless.Engine.Values;

public static partial class Temporal
{
    private const int DateLength = 10;
    private const int TimeLength = 8;

    /// <summary>The date as <c>2021-12-01</c>.</summary>
    public static string Format(DateOnly date) => string.Create(DateLength, date, static (text, date) => WriteDate(text, date.Year, date.Month, date.Day));

    /// <summary>The time as <c>19:10:00</c>; with a precision, the fraction up to its last digit that is not zero, at least one.</summary>
    public static string Format(TimeOnly time, int precision)
    {
        Span<char> text = stackalloc char[TimeLength + 10];
        WriteTime(text, time.Ticks);
        if (precision == 0)
            return new string(text[..TimeLength]);
        WriteFraction(text[TimeLength..], time.Ticks, precision);
        var length = TimeLength + 1 + precision;
        while (length > TimeLength + 2 && text[length - 1] == '0')
            length--;
        return new string(text[..length]);
    }

    /// <summary>The timestamp as <c>2021-12-01 19:10:00</c>, with as many digits of a second as the precision has.</summary>
    public static string Format(DateTime timestamp, int precision)
    {
        var length = DateLength + 1 + TimeLength + (precision == 0 ? 0 : 1 + precision);
        return string.Create(length, (timestamp, precision), static (text, value) =>
        {
            var (timestamp, precision) = value;
            WriteDate(text, timestamp.Year, timestamp.Month, timestamp.Day);
            text[DateLength] = ' ';
            var time = text[(DateLength + 1)..];
            WriteTime(time, timestamp.TimeOfDay.Ticks);
            if (precision > 0)
                WriteFraction(time[TimeLength..], timestamp.Ticks, precision);
        });
    }

    /// <summary>Writes a number with leading zeros over the whole span; digits that do not fit are dropped.</summary>
    internal static void WriteDigits(Span<char> text, long value)
    {
        for (var at = text.Length - 1; at >= 0; at--, value /= 10)
            text[at] = (char)('0' + (value % 10));
    }

    private static void WriteDate(Span<char> text, int year, int month, int day)
    {
        WriteDigits(text[..4], year);
        text[4] = '-';
        WriteDigits(text[5..7], month);
        text[7] = '-';
        WriteDigits(text[8..10], day);
    }

    private static void WriteTime(Span<char> text, long ticksOfDay)
    {
        var seconds = ticksOfDay / TimeSpan.TicksPerSecond;
        WriteDigits(text[..2], seconds / 3600);
        text[2] = ':';
        WriteDigits(text[3..5], seconds / 60 % 60);
        text[5] = ':';
        WriteDigits(text[6..8], seconds % 60);
    }

    private static void WriteFraction(Span<char> text, long ticks, int precision)
    {
        text[0] = '.';
        WriteFractionDigits(text.Slice(1, precision), ticks);
    }

    /// <summary>Writes the first digits of a second's fraction over the whole span.</summary>
    internal static void WriteFractionDigits(Span<char> text, long ticks)
    {
        var fraction = ticks % TimeSpan.TicksPerSecond;
        if (text.Length <= 7)
        {
            WriteDigits(text, fraction / PowersOfTen.Long(7 - text.Length));
            return;
        }

        WriteDigits(text[..7], fraction);
        text[7..].Fill('0');
    }
}
