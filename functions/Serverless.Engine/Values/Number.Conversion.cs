using System.Globalization;
using System.Numerics;

namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    private const long MaxExactDouble = 1L << 53;
    private const int MaxExactPower = 22;
    private const long MaxShortDouble = 1_000_000_000_000_000;
    private const long MaxShortSingle = 1_000_000;
    private static readonly double[] DoublePowers =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>A whole number.</summary>
    public static Number FromBigInteger(BigInteger value) => new(value, 0);

    /// <summary>The number that the shortest text of a double says, which reads back as the same double.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is NaN or infinite.</exception>
    public static Number FromDouble(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), "neither NaN nor an infinity is a number");
        Span<char> text = stackalloc char[40];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return FromShortest(text[..length]);
    }

    /// <inheritdoc cref="FromDouble" />
    public static Number FromSingle(float value)
    {
        if (!float.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), "neither NaN nor an infinity is a number");
        Span<char> text = stackalloc char[40];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return FromShortest(text[..length]);
    }

    /// <summary>The nearest double; an infinity where it is too large.</summary>
    public double ToDouble()
    {
        // Both operands are exact, so that the one operation rounds once.
        if (_big is null && _small is >= -MaxExactDouble and <= MaxExactDouble && _scale is >= -MaxExactPower and <= MaxExactPower)
            return _scale >= 0 ? _small / DoublePowers[_scale] : _small * DoublePowers[-_scale];
        return double.Parse(ToScientific(), CultureInfo.InvariantCulture);
    }

    /// <summary>The nearest float; an infinity where it is too large.</summary>
    public float ToSingle()
    {
        if (_big is null && _small is >= -(1L << 24) and <= 1L << 24 && _scale is >= -10 and <= 10)
            return _scale >= 0 ? _small / (float)DoublePowers[_scale] : _small * (float)DoublePowers[-_scale];
        return float.Parse(ToScientific(), CultureInfo.InvariantCulture);
    }

    /// <summary>The whole part, where it fits a long.</summary>
    public bool TryToInt64(out long value)
    {
        if (_big is null && _scale == 0)
        {
            value = _small;
            return true;
        }

        value = 0;
        if (Sign == 0 || Magnitude < 0)
            return true;
        if (Magnitude > 18)
            return false;
        var whole = Truncate();
        if (whole._scale < 0)
            whole = whole.SetScale(0);
        value = whole._small;
        return whole._big is null;
    }

    /// <summary>The whole part.</summary>
    /// <exception cref="OverflowException">It does not fit a long.</exception>
    public long ToInt64() => TryToInt64(out var value) ? value : throw new OverflowException($"{this} does not fit a long");

    /// <summary>Rounds to what a numeric type holds: the nearest DOUBLE or FLOAT, as the decimal number of its shortest text; a DECIMAL's digits behind the point.</summary>
    /// <returns>False if the number is out of the type's range.</returns>
    public bool TryFit(SqlType type, out Number number)
    {
        switch (type.Kind)
        {
            case SqlKind.Double:
                return TryFitDouble(out number);
            case SqlKind.Float:
                return TryFitSingle(out number);
            default:
                var fits = Fits(type.Length, type.Scale);
                number = fits ? SetScale(type.Scale) : default;
                return fits;
        }
    }

    // A decimal number of 15 digits is the shortest text of the double nearest to it, and one of 6 digits of the nearest float: no other so short is as near.
    private bool TryFitDouble(out Number number)
    {
        number = this;
        if (_big is null && _small is > -MaxShortDouble and < MaxShortDouble && _scale is >= -290 and <= 290)
            return true;
        var value = ToDouble();
        number = double.IsFinite(value) ? FromDouble(value) : default;
        return double.IsFinite(value);
    }

    private bool TryFitSingle(out Number number)
    {
        number = this;
        if (_big is null && _small is > -MaxShortSingle and < MaxShortSingle && _scale is >= -30 and <= 30)
            return true;
        var value = ToSingle();
        number = float.IsFinite(value) ? FromSingle(value) : default;
        return float.IsFinite(value);
    }

    private string ToScientific() => string.Create(CultureInfo.InvariantCulture, $"{Unscaled}E{-(long)_scale}");

    // A shortest text has at most 17 digits: it is taken as it stands, whatever its exponent.
    private static Number FromShortest(ReadOnlySpan<char> text)
    {
        long unscaled = 0;
        var scale = 0;
        var afterPoint = false;
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c is 'E')
            {
                scale -= int.Parse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }

            if (c == '.')
                afterPoint = true;
            else if (c != '-')
                (unscaled, scale) = ((unscaled * 10) + (c - '0'), afterPoint ? scale + 1 : scale);
        }

        return new Number(text[0] == '-' ? -unscaled : unscaled, scale);
    }
}
