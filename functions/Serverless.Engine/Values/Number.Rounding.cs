using System.Numerics;

namespace Serverless.Engine.Values;

public readonly partial struct Number
{
    /// <summary>Rounds half up (away from zero) to at most that many digits behind the point; a negative scale rounds before it.</summary>
    public Number Round(int scale) => _scale <= scale ? this : SetScale(scale);

    /// <summary>The number with exactly that many digits behind the point: zeros are added, or digits rounded half up.</summary>
    public Number SetScale(int scale)
    {
        if (scale == _scale)
            return this;
        if (scale < _scale)
            return CutTo(scale, Cut.HalfUp);
        if (_small == 0 && _big is null)
            return new Number(0L, scale);
        var shift = scale - _scale;
        return _big is null && shift <= PowersOfTen.MaxLong
            ? FromInt128((Int128)_small * PowersOfTen.Long(shift), scale)
            : new Number(Unscaled * PowersOfTen.Big(shift), scale);
    }

    /// <summary>Drops the digits behind that many behind the point.</summary>
    public Number Truncate(int scale = 0) => _scale <= scale ? this : CutTo(scale, Cut.TowardsZero);

    /// <summary>The greatest whole number that is not greater.</summary>
    public Number Floor() => _scale <= 0 ? this : CutTo(0, Cut.Down);

    /// <summary>The least whole number that is not less.</summary>
    public Number Ceiling() => _scale <= 0 ? this : CutTo(0, Cut.Up);

    /// <summary>Whether a <c>DECIMAL(precision, scale)</c> holds it, digits behind the scale rounded.</summary>
    public bool Fits(int precision, int scale)
    {
        if (Sign == 0)
            return true;
        var magnitude = Magnitude; // asked first, so that no huge number is scaled up to be refused
        if (magnitude >= precision - scale)
            return false;
        if (magnitude < precision - scale - 1)
            return true;
        var rounded = Round(scale);
        return rounded.Sign == 0 || rounded.Magnitude < precision - scale;
    }

    private enum Cut
    {
        HalfUp,
        TowardsZero,
        Down,
        Up,
    }

    private Number CutTo(int scale, Cut cut)
    {
        var shift = _scale - scale;
        if (_big is null && shift <= PowersOfTen.MaxLong)
        {
            var unit = PowersOfTen.Long(shift);
            var (quotient, rest) = Math.DivRem(_small, unit);
            return new Number(quotient + Carry(cut, Math.Sign(rest), cut == Cut.HalfUp && Math.Abs(rest) >= unit - Math.Abs(rest)), scale);
        }

        if (Digits < shift) // less than a tenth of the last digit that stays
            return new Number((long)Carry(cut, Sign, false), scale);
        var bigUnit = PowersOfTen.Big(shift);
        var bigQuotient = BigInteger.DivRem(Unscaled, bigUnit, out var bigRest);
        return new Number(bigQuotient + Carry(cut, bigRest.Sign, BigInteger.Abs(bigRest) * 2 >= bigUnit), scale);
    }

    // What the digits that are cut off add to the quotient, by their sign and whether they make at least a half.
    private static int Carry(Cut cut, int sign, bool isHalf) => cut switch
    {
        Cut.HalfUp => isHalf ? sign : 0,
        Cut.Down => sign < 0 ? -1 : 0,
        Cut.Up => sign > 0 ? 1 : 0,
        _ => 0,
    };
}
