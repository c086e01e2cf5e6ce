using System.Numerics;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>
/// A sum without rounding: unscaled integers at the largest scale seen, in an <see cref="Int128"/> while it fits and a <see cref="BigInteger"/>
/// beyond. The value depends on the numbers alone, not on their order. A DOUBLE is added as its shortest decimal text, which is what a
/// <see cref="Number"/> made of it holds, so that 33.8 + 31.8 + 73.8 is 139.4.
/// </summary>
internal struct ExactSum
{
    private Int128 _small;
    private BigInteger _big; // what did not fit; the sum is both
    private int _scale;

    public readonly Number Value => new(_big + (BigInteger)_small, _scale);

    public void Add(long value)
    {
        if (_scale == 0)
            AddUnscaled(value);
        else
            Add(new Number(value));
    }

    public void Add(Number value)
    {
        if (value.Scale != _scale)
        {
            if (value.Scale > _scale)
                Rescale(value.Scale);
            if (value.Scale < _scale)
            {
                AddBig(value.Unscaled * BigInteger.Pow(10, _scale - value.Scale));
                return;
            }
        }

        if (value.TryGetSmall(out var small))
            AddUnscaled(small);
        else
            AddBig(value.Unscaled);
    }

    public void Subtract(Number value) => Add(Number.Negate(value));

    public void Write(StateWriter writer)
    {
        writer.Long(_scale);
        writer.Big(_big + (BigInteger)_small);
    }

    public void Read(ref StateReader reader)
    {
        _scale = (int)reader.Long();
        AddBig(reader.Big());
    }

    private void AddUnscaled(Int128 value)
    {
        var sum = unchecked(_small + value);
        // Overflow shows in the sign: two of one sign made one of the other.
        if (Int128.IsNegative(_small) == Int128.IsNegative(value) && Int128.IsNegative(sum) != Int128.IsNegative(value))
            _big += value;
        else
            _small = sum;
    }

    private void AddBig(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
            AddUnscaled((long)value);
        else
            _big += value;
    }

    private void Rescale(int scale)
    {
        var all = Value.Unscaled * BigInteger.Pow(10, scale - _scale);
        (_small, _big, _scale) = (0, 0, scale);
        AddBig(all);
    }
}
