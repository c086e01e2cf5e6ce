using System.Numerics;

namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    /// <summary>-1, 0 or 1.</summary>
    public int Sign => _big is BigInteger big ? big.Sign : Math.Sign(_small);

    // The exponent of the first digit, as in d.ddd × 10^n; meaningless for zero.
    private long Magnitude => (long)Digits - _scale - 1;

    /// <summary>How many digits the unscaled value has; 1 for zero.</summary>
    public int Digits => _big is BigInteger big ? PowersOfTen.Digits(big) : PowersOfTen.Digits(_small);

    /// <inheritdoc />
    public bool Equals(Number other) =>
        _big is null && other._big is null && _scale == other._scale ? _small == other._small : CompareTo(other) == 0;

    /// <inheritdoc />
    public int CompareTo(Number other)
    {
        if (_scale == other._scale)
            return _big is null && other._big is null ? _small.CompareTo(other._small) : Unscaled.CompareTo(other.Unscaled);
        var sign = Sign;
        var otherSign = other.Sign;
        if (sign != otherSign)
            return sign.CompareTo(otherSign);
        if (sign == 0)
            return 0;

        var shift = (long)other._scale - _scale;
        if (_big is null && other._big is null && shift is >= -PowersOfTen.MaxLong and <= PowersOfTen.MaxLong)
        {
            return shift > 0
                ? ((Int128)_small * PowersOfTen.Long((int)shift)).CompareTo(other._small)
                : ((Int128)_small).CompareTo((Int128)other._small * PowersOfTen.Long((int)-shift));
        }

        // Equal magnitudes bound the shift by the numbers' digits, so that no power is greater than the numbers themselves.
        var magnitude = Magnitude;
        var otherMagnitude = other.Magnitude;
        if (magnitude != otherMagnitude)
            return magnitude > otherMagnitude ? sign : -sign;
        return shift > 0
            ? (Unscaled * PowersOfTen.Big((int)shift)).CompareTo(other.Unscaled)
            : Unscaled.CompareTo(other.Unscaled * PowersOfTen.Big((int)-shift));
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Number other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var canonical = Normalize();
        return HashCode.Combine(canonical._scale, canonical._big is BigInteger big ? big.GetHashCode() : canonical._small.GetHashCode());
    }

    /// <summary>The same value without trailing zeros: the one form that all equal numbers share.</summary>
    public Number Normalize()
    {
        if (_big is BigInteger big)
            return NormalizeBig(big);
        var unscaled = _small;
        if (unscaled == 0)
            return default;
        var scale = _scale;
        while (unscaled % 10 == 0)
        {
            unscaled /= 10;
            scale--;
        }

        return new Number(unscaled, scale);
    }

    private Number NormalizeBig(BigInteger unscaled)
    {
        var scale = _scale;
        for (var step = 64; step > 0; step /= 2)
        {
            // Long runs of zeros go in large steps first.
            while (true)
            {
                var quotient = BigInteger.DivRem(unscaled, PowersOfTen.Big(step), out var rest);
                if (!rest.IsZero)
                    break;
                unscaled = quotient;
                scale -= step;
            }
        }

        return new Number(unscaled, scale);
    }

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator ==(Number left, Number right) => left.Equals(right);

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator !=(Number left, Number right) => !left.Equals(right);

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator <(Number left, Number right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator <=(Number left, Number right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator >(Number left, Number right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="CompareTo(Number)" />
    public static bool operator >=(Number left, Number right) => left.CompareTo(right) >= 0;
}
