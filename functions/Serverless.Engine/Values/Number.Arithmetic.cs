using System.Numerics;

namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    /// <summary>The exact sum.</summary>
    public static Number Add(Number left, Number right)
    {
        if (left._big is null && right._big is null)
        {
            if (left._scale == right._scale)
            {
                var sum = unchecked(left._small + right._small);
                if (((left._small ^ sum) & (right._small ^ sum)) >= 0)
                    return new Number(sum, left._scale);
            }

            var shift = (long)left._scale - right._scale;
            if (shift is >= -PowersOfTen.MaxLong and <= PowersOfTen.MaxLong)
            {
                return shift >= 0
                    ? FromInt128(left._small + ((Int128)right._small * PowersOfTen.Long((int)shift)), left._scale)
                    : FromInt128(((Int128)left._small * PowersOfTen.Long((int)-shift)) + right._small, right._scale);
            }
        }

        var scale = Math.Max(left._scale, right._scale);
        return new Number(left.UnscaledAt(scale) + right.UnscaledAt(scale), scale);
    }

    /// <summary>The exact difference.</summary>
    public static Number Subtract(Number left, Number right) => Add(left, Negate(right));

    /// <summary>The exact product.</summary>
    public static Number Multiply(Number left, Number right)
    {
        var scale = left._scale + right._scale;
        return left._big is null && right._big is null
            ? FromInt128((Int128)left._small * right._small, scale)
            : new Number(left.Unscaled * right.Unscaled, scale);
    }

    /// <summary>The quotient with that many digits behind the point, the last rounded half up (away from zero).</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Number Divide(Number dividend, Number divisor, int scale)
    {
        if (divisor.Sign == 0)
            throw new DivideByZeroException();
        var shift = scale - dividend._scale + divisor._scale;
        if (dividend._big is null && divisor._big is null && shift is >= -PowersOfTen.MaxLong and <= PowersOfTen.MaxLong)
        {
            Int128 numerator = dividend._small;
            Int128 denominator = divisor._small;
            if (shift >= 0)
                numerator *= PowersOfTen.Long(shift);
            else
                denominator *= PowersOfTen.Long(-shift);
            return FromInt128(DivideHalfUp(numerator, denominator), scale);
        }

        return shift >= 0
            ? new Number(DivideHalfUp(dividend.Unscaled * PowersOfTen.Big(shift), divisor.Unscaled), scale)
            : new Number(DivideHalfUp(dividend.Unscaled, divisor.Unscaled * PowersOfTen.Big(-shift)), scale);
    }

    /// <summary>What is left of a division to a whole number towards zero; it has the dividend's sign.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Number Remainder(Number dividend, Number divisor)
    {
        if (divisor.Sign == 0)
            throw new DivideByZeroException();
        var scale = Math.Max(dividend._scale, divisor._scale);
        if (dividend._big is null && divisor._big is null && dividend._scale == divisor._scale)
            return divisor._small == -1 ? new Number(0L, scale) : new Number(dividend._small % divisor._small, scale);
        return new Number(BigInteger.Remainder(dividend.UnscaledAt(scale), divisor.UnscaledAt(scale)), scale);
    }

    /// <summary>The number with the other sign.</summary>
    public static Number Negate(Number number) =>
        number._big is null && number._small != long.MinValue
            ? new Number(-number._small, number._scale)
            : new Number(-number.Unscaled, number._scale);

    /// <summary>The number without its sign.</summary>
    public static Number Abs(Number number) => number.Sign < 0 ? Negate(number) : number;

    /// <inheritdoc cref="Add" />
    public static Number operator +(Number left, Number right) => Add(left, right);

    /// <inheritdoc cref="Subtract" />
    public static Number operator -(Number left, Number right) => Subtract(left, right);

    /// <inheritdoc cref="Negate" />
    public static Number operator -(Number number) => Negate(number);

    /// <inheritdoc cref="Multiply" />
    public static Number operator *(Number left, Number right) => Multiply(left, right);

    /// <inheritdoc cref="Remainder" />
    public static Number operator %(Number left, Number right) => Remainder(left, right);

    // Only for a scale of at least its own.
    private BigInteger UnscaledAt(int scale) => scale == _scale ? Unscaled : Unscaled * PowersOfTen.Big(scale - _scale);

    private static Number FromInt128(Int128 unscaled, int scale) =>
        unscaled >= long.MinValue && unscaled <= long.MaxValue ? new Number((long)unscaled, scale) : new Number((BigInteger)unscaled, scale);

    private static Int128 DivideHalfUp(Int128 dividend, Int128 divisor)
    {
        var (quotient, rest) = Int128.DivRem(dividend, divisor);
        if (rest != 0 && Int128.Abs(rest) >= Int128.Abs(divisor) - Int128.Abs(rest))
            quotient += Int128.IsNegative(dividend) == Int128.IsNegative(divisor) ? 1 : -1;
        return quotient;
    }

    private static BigInteger DivideHalfUp(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        if (!rest.IsZero && BigInteger.Abs(rest) * 2 >= BigInteger.Abs(divisor))
            quotient += dividend.Sign == divisor.Sign ? 1 : -1;
        return quotient;
    }
}
