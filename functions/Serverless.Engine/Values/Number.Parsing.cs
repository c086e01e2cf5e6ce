using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    /// <summary>The significant digits that are kept exactly; a text or a DOUBLE result with more is rounded as a double is.</summary>
    public const int MaxDigits = 38;

    // Beyond this exponent a text is near the ends of double's range: it takes the double's value, or is refused as too large.
    private const int SafeExponent = 307;

    private const int ExponentLimit = 100_000; // saturates, so that no exponent overflows an int

    /// <summary>
    /// Reads a decimal number: an optional sign, digits with an optional point, an optional exponent; blanks around it do not count.
    /// Texts of more than <see cref="MaxDigits"/> digits, or near the ends of double's range, are read as a double is.
    /// </summary>
    /// <returns>False where the text is no number, or greater than the greatest double.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Number number) => TryParseAny(utf8, out number);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out Number)" />
    public static bool TryParse(ReadOnlySpan<char> text, out Number number) => TryParseAny(text, out number);

    /// <summary>Reads a decimal number that is known to be one.</summary>
    /// <exception cref="FormatException">The text is no number.</exception>
    public static Number Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var number) ? number : throw new FormatException($"'{text}' is no number");

    private static bool TryParseAny<T>(ReadOnlySpan<T> text, out Number number)
        where T : unmanaged, IBinaryInteger<T>
    {
        number = default;
        text = TrimBlanks(text);
        var at = 0;
        var negative = false;
        if (text.Length > 0 && Code(text[0]) is '-' or '+')
        {
            negative = Code(text[0]) == '-';
            at = 1;
        }

        ulong mantissa = 0; // the first 19 digits; the common number ends within it
        UInt128 wide = 0;
        var digits = 0; // from the first that is not zero
        var zeros = 0; // behind the digits that are kept
        var isTooLong = false;
        var fraction = 0;
        var anyDigit = false;
        var afterPoint = false;
        for (; at < text.Length; at++)
        {
            var code = Code(text[at]);
            var digit = code - '0';
            if (digit <= 9)
            {
                anyDigit = true;
                if (afterPoint)
                    fraction++;
                if (digits == 0 && digit == 0)
                    continue;
                digits++;
                if (digits <= 19)
                    mantissa = (mantissa * 10) + digit;
                else if (digits <= MaxDigits)
                    wide = ((digits == 20 ? mantissa : wide) * 10) + digit;
                else if (digit == 0)
                    zeros++;
                else
                    isTooLong = true;
            }
            else if (code == '.' && !afterPoint)
            {
                afterPoint = true;
            }
            else
            {
                break;
            }
        }

        if (!anyDigit)
            return false;
        var exponent = 0;
        if (at < text.Length && !TryReadExponent(text[at..], out exponent))
            return false;

        if (digits == 0)
        {
            number = new Number(0L, Math.Clamp(fraction - exponent, 0, MaxDigits));
            return true;
        }

        var scale = fraction - exponent;
        var magnitude = (long)digits - scale - 1;
        if (isTooLong || magnitude is < -SafeExponent or > SafeExponent)
            return TryParseDouble(text, out number);
        number = digits <= 19 ? FromMagnitude(mantissa, negative, scale) : FromMagnitude(wide, negative, scale - zeros);
        return true;
    }

    private static bool TryReadExponent<T>(ReadOnlySpan<T> text, out int exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        exponent = 0;
        if (Code(text[0]) is not ('e' or 'E'))
            return false;
        var at = 1;
        var negative = false;
        if (text.Length > 1 && Code(text[1]) is '-' or '+')
        {
            negative = Code(text[1]) == '-';
            at = 2;
        }

        if (at == text.Length)
            return false;
        for (; at < text.Length; at++)
        {
            var digit = Code(text[at]) - '0';
            if (digit > 9)
                return false;
            exponent = Math.Min((exponent * 10) + (int)digit, ExponentLimit);
        }

        if (negative)
            exponent = -exponent;
        return true;
    }

    private static bool TryParseDouble<T>(ReadOnlySpan<T> text, out Number number)
        where T : unmanaged, IBinaryInteger<T>
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var parsed = typeof(T) == typeof(byte)
            ? double.TryParse(MemoryMarshal.Cast<T, byte>(text), style, CultureInfo.InvariantCulture, out var value)
            : double.TryParse(MemoryMarshal.Cast<T, char>(text), style, CultureInfo.InvariantCulture, out value);
        number = parsed && double.IsFinite(value) ? FromDouble(value) : default;
        return parsed && double.IsFinite(value);
    }

    // All that Java's trim takes: every code up to the blank.
    private static ReadOnlySpan<T> TrimBlanks<T>(ReadOnlySpan<T> text)
        where T : unmanaged, IBinaryInteger<T>
    {
        var start = 0;
        var end = text.Length;
        while (start < end && Code(text[start]) <= ' ')
            start++;
        while (end > start && Code(text[end - 1]) <= ' ')
            end--;
        return text[start..end];
    }

    private static uint Code<T>(T unit)
        where T : unmanaged, IBinaryInteger<T> => uint.CreateTruncating(unit);

    private static Number FromMagnitude(ulong magnitude, bool negative, int scale) =>
        magnitude <= long.MaxValue
            ? new Number(negative ? -(long)magnitude : (long)magnitude, scale)
            : new Number(negative ? -(BigInteger)magnitude : magnitude, scale);

    private static Number FromMagnitude(UInt128 magnitude, bool negative, int scale) =>
        new(negative ? -(BigInteger)magnitude : (BigInteger)magnitude, scale);
}
