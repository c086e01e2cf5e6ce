using System.Numerics;

namespace Serverless.Engine.Values;

/// <summary>
/// An exact decimal number, <c>unscaled × 10^-scale</c>: what DECIMAL columns carry, and FLOAT and DOUBLE columns, whose binary numbers stand
/// here as their shortest decimal text (see <see cref="TryFit"/>). A long holds the unscaled
/// value while it fits, a <see cref="BigInteger"/> beyond. The scale may be negative (1e300). Two numbers are equal when their values are, whatever their scales.
/// </summary>
public readonly partial struct Number : IEquatable<Number>, IComparable<Number>
{
    private readonly long _small;
    private readonly object? _big; // a boxed BigInteger, only where the unscaled value does not fit a long
    private readonly int _scale;

    /// <summary>Makes a number of a small unscaled value.</summary>
    public Number(long unscaled, int scale = 0) => (_small, _scale) = (unscaled, scale);

    /// <summary>Makes a number of any unscaled value.</summary>
    public Number(BigInteger unscaled, int scale)
    {
        _scale = scale;
        if (unscaled >= long.MinValue && unscaled <= long.MaxValue)
            _small = (long)unscaled;
        else
            _big = unscaled;
    }

    /// <summary>The number of decimal digits behind the point; negative for trailing zeros before it.</summary>
    public int Scale => _scale;

    /// <summary>The unscaled value.</summary>
    public BigInteger Unscaled => _big is BigInteger big ? big : _small;

    /// <summary>Gets the unscaled value where it fits a long.</summary>
    public bool TryGetSmall(out long unscaled)
    {
        unscaled = _small;
        return _big is null;
    }
}
