using System.Globalization;
using System.Numerics;
using Serverless.Engine.Values;

namespace Serverless.Connectors;

/// <summary>
/// Values as MySQL prints them: <c>2021-12-01</c>, <c>19:11:00</c>, <c>2021-12-01 19:11:00.500000</c>; as many digits of a second as the column has,
/// decimals with the column's scale.
/// </summary>
internal static class SqlText
{
    public static string Of(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Of(TimeOnly time, int precision) => time.ToString(@"HH\:mm\:ss", CultureInfo.InvariantCulture) + Fraction(time.Ticks, precision);

    public static string Of(DateTime time, int precision) =>
        time.ToString(@"yyyy-MM-dd HH\:mm\:ss", CultureInfo.InvariantCulture) + Fraction(time.Ticks, precision);

    /// <summary>An instant, in UTC.</summary>
    public static string Of(DateTimeOffset time, int precision) => Of(time.UtcDateTime, precision);

    /// <summary>All digits of a number, with its column's scale.</summary>
    public static string Of(Number number, int scale)
    {
        var unscaled = number.Unscaled;
        var digits = number.Scale;
        if (digits < scale)
            (unscaled, digits) = (unscaled * BigInteger.Pow(10, scale - digits), scale);
        for (; digits > scale && unscaled % 10 == 0; digits--)
            unscaled /= 10;
        var text = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        if (digits > 0)
        {
            text = text.PadLeft(digits + 1, '0');
            text = $"{text[..^digits]}.{text[^digits..]}";
        }
        return unscaled.Sign < 0 ? "-" + text : text;
    }

    // A tick is the seventh digit: there is no more to show of a TIMESTAMP(9).
    private static string Fraction(long ticks, int precision) => precision == 0
        ? ""
        : "." + (ticks % TimeSpan.TicksPerSecond).ToString("D7", CultureInfo.InvariantCulture)[..Math.Min(precision, 7)];
}
