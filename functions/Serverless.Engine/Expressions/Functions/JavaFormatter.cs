using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Formats as Java's <c>Formatter</c> does in English: <c>%[argument$][flags][width][.precision]conversion</c>. A format that does not fit its values gives NULL, as in Flink.</summary>
internal static partial class JavaFormatter
{
    public static string? Format(string format, object?[] values)
    {
        var result = new StringBuilder();
        var (at, next, last) = (0, 0, -1);
        foreach (Match match in Specifier().Matches(format))
        {
            if (!Plain(format.AsSpan(at, match.Index - at), result))
                return null;
            at = match.Index + match.Length;
            var conversion = match.Groups["conversion"].Value[0];
            var flags = match.Groups["flags"].Value;
            int? width = match.Groups["width"] is { Success: true } w ? int.Parse(w.Value, CultureInfo.InvariantCulture) : null;
            int? precision = match.Groups["precision"] is { Success: true } p ? int.Parse(p.Value, CultureInfo.InvariantCulture) : null;
            if (width > TextFunctions.MaxLength || precision > 400)
                return null;
            string? text;
            if (conversion is 'n' or '%')
            {
                text = conversion == 'n' ? "\n" : "%";
            }
            else
            {
                var index = flags.Contains('<', StringComparison.Ordinal) ? last : match.Groups["index"] is { Success: true } i ? int.Parse(i.Value, CultureInfo.InvariantCulture) - 1 : next++;
                if (index < 0 || index >= values.Length)
                    return null;
                last = index;
                text = Converted(values[index], conversion, flags, precision, width);
                if (text is null)
                    return null;
                if (char.IsAsciiLetterUpper(conversion))
                    text = text.ToUpperInvariant();
            }

            if (width is { } least)
                text = flags.Contains('-', StringComparison.Ordinal) ? text.PadRight(least) : text.PadLeft(least);
            result.Append(text);
        }

        return Plain(format.AsSpan(at), result) ? result.ToString() : null;
    }

    private static bool Plain(ReadOnlySpan<char> text, StringBuilder result)
    {
        result.Append(text);
        return !text.Contains('%');
    }

    private static string? Converted(object? value, char conversion, string flags, int? precision, int? width)
    {
        switch (char.ToLowerInvariant(conversion))
        {
            case 's':
                var text = value is null ? "null" : Shown(value);
                return precision is { } most && text.Length > most ? text[..most] : text;
            case 'b':
                return value switch { null => "false", bool b => b ? "true" : "false", _ => "true" };
            case 'c':
                return value switch { null => "null", long code and >= 0 and <= 0x10FFFF => char.ConvertFromUtf32((int)code), string { Length: 1 } one => one, _ => null };
            case 'h':
                return value is null ? "null" : null;
            case 'd':
                return value is null ? "null" : Whole(value) is { } whole ? Signed(Grouped(BigInteger.Abs(whole).ToString(CultureInfo.InvariantCulture), flags), whole.Sign < 0, flags, width) : null;
            case 'x' or 'o':
                if (value is null)
                    return "null";
                if (value is not long bits)
                    return null;
                var digits = char.ToLowerInvariant(conversion) == 'x' ? bits.ToString(bits is >= int.MinValue and < 0 ? "x16" : "x", CultureInfo.InvariantCulture) : Convert.ToString(bits, 8);
                if (bits is >= int.MinValue and < 0)
                    digits = char.ToLowerInvariant(conversion) == 'x' ? ((int)bits).ToString("x", CultureInfo.InvariantCulture) : Convert.ToString((int)bits, 8);
                if (flags.Contains('#', StringComparison.Ordinal))
                    digits = (char.ToLowerInvariant(conversion) == 'x' ? "0x" : "0") + digits;
                return flags.Contains('0', StringComparison.Ordinal) && width is { } w ? digits.PadLeft(w, '0') : digits;
            case 'f':
                if (value is null)
                    return "null";
                if (value is not Number number)
                    return null;
                var rounded = Number.Abs(number).Round(precision ?? 6).SetScale(precision ?? 6).ToString();
                var point = rounded.IndexOf('.', StringComparison.Ordinal);
                var wholePart = point < 0 ? rounded : rounded[..point];
                return Signed(Grouped(wholePart, flags) + (point < 0 ? "" : rounded[point..]), number.Sign < 0, flags, width);
            case 'e':
                return value is null ? "null" : value is Number e ? Signed(Exponent(Math.Abs(e.ToDouble()), precision ?? 6), e.Sign < 0, flags, width) : null;
            case 'g':
                if (value is null)
                    return "null";
                if (value is not Number g)
                    return null;
                var size = Math.Abs(g.ToDouble());
                var significant = precision is 0 ? 1 : precision ?? 6;
                if (size != 0 && (size < 1e-4 || size >= Math.Pow(10, significant)))
                    return Signed(Exponent(size, significant - 1), g.Sign < 0, flags, width);
                var behind = size == 0 ? significant - 1 : Math.Max(significant - 1 - (int)Math.Floor(Math.Log10(size)), 0);
                return Signed(Number.Abs(g).Round(behind).SetScale(behind).ToString(), g.Sign < 0, flags, width);
            default:
                return null;
        }
    }

    private static BigInteger? Whole(object value) => value is long integer ? integer : null;

    private static string Shown(object value) => value switch
    {
        string text => text,
        bool b => b ? "true" : "false",
        Number number => number.ToString(),
        DateOnly date => Temporal.Format(date),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Exponent(double size, int precision)
    {
        var text = size.ToString("e" + precision, CultureInfo.InvariantCulture);
        // Java's exponent has two digits at least, .NET's three.
        var mark = text.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{text[..mark]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static string Grouped(string digits, string flags)
    {
        if (!flags.Contains(',', StringComparison.Ordinal))
            return digits;
        var result = new StringBuilder(digits);
        for (var at = digits.Length - 3; at > 0; at -= 3)
            result.Insert(at, ',');
        return result.ToString();
    }

    private static string Signed(string digits, bool isNegative, string flags, int? width)
    {
        var inParentheses = isNegative && flags.Contains('(', StringComparison.Ordinal);
        var sign = inParentheses ? "(" : isNegative ? "-" : flags.Contains('+', StringComparison.Ordinal) ? "+" : flags.Contains(' ', StringComparison.Ordinal) ? " " : "";
        var end = inParentheses ? ")" : "";
        if (flags.Contains('0', StringComparison.Ordinal) && width is { } least)
            digits = digits.PadLeft(Math.Max(least - sign.Length - end.Length, 0), '0');
        return sign + digits + end;
    }

    [GeneratedRegex(@"%(?:(?<index>\d{1,5})\$)?(?<flags>[-#+ 0,(<]*)(?<width>[1-9]\d{0,6})?(?:\.(?<precision>\d{1,4}))?(?<conversion>[bBhHsScCdoxXeEfgG%n])", RegexOptions.CultureInvariant)]
    private static partial Regex Specifier();
}
