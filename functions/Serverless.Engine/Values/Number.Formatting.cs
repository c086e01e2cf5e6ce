using System.Globalization;
using System.Numerics;

namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    private const int MaxPlain = 40; // digits; a longer number is written with an exponent

    /// <summary>Plain decimal notation, zeros of the scale kept (<c>33.80</c>); with an exponent (<c>1.5E+300</c>) past some 40 digits.</summary>
    public override string ToString()
    {
        if (_big is null && _scale == 0)
            return _small.ToString(CultureInfo.InvariantCulture);
        if (_big is null)
        {
            Span<char> buffer = stackalloc char[20];
            _small.TryFormat(buffer, out var length, default, CultureInfo.InvariantCulture);
            return Format(buffer[..length]);
        }

        return Format(((BigInteger)_big).ToString(CultureInfo.InvariantCulture));
    }

    private string Format(ReadOnlySpan<char> unscaled)
    {
        var isNegative = unscaled[0] == '-';
        var digits = isNegative ? unscaled[1..] : unscaled;
        if (Math.Max(digits.Length, _scale + 1L) - Math.Min(_scale, 0L) > MaxPlain)
            return Sign == 0 ? "0" : Scientific(isNegative ? "-" : "", digits);
        Span<char> text = stackalloc char[MaxPlain + 3];
        var at = 0;
        if (isNegative)
            text[at++] = '-';
        if (_scale <= 0)
        {
            digits.CopyTo(text[at..]);
            at += digits.Length;
            if (Sign != 0)
            {
                text.Slice(at, -_scale).Fill('0');
                at -= _scale;
            }

            return new string(text[..at]);
        }

        var whole = digits.Length - _scale;
        if (whole <= 0)
        {
            "0.".CopyTo(text[at..]);
            text.Slice(at + 2, -whole).Fill('0');
            at += 2 - whole;
            digits.CopyTo(text[at..]);
            return new string(text[..(at + digits.Length)]);
        }

        digits[..whole].CopyTo(text[at..]);
        text[at + whole] = '.';
        digits[whole..].CopyTo(text[(at + whole + 1)..]);
        return new string(text[..(at + digits.Length + 1)]);
    }

    private string Scientific(string sign, ReadOnlySpan<char> digits)
    {
        var exponent = Magnitude;
        var point = digits.Length > 1 ? "." : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{point}{digits[1..]}E{(exponent < 0 ? "" : "+")}{exponent}");
    }
}
