using System.Numerics;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The number, the exact sum and the exact sum of squares of values: what variances and standard deviations are made of, once, at the end.</summary>
internal struct Moments
{
    private ExactSum _sum;
    private ExactSum _squares;
    private long _count;

    /// <summary>Whether it is as if no value had ever come.</summary>
    public readonly bool IsEmpty => _count == 0 && _sum.Value.Unscaled.IsZero && _squares.Value.Unscaled.IsZero;

    /// <summary>Adds the value of a row, if it is not NULL.</summary>
    public void Add(Column column, int row, long weight)
    {
        var value = column is Column<long?> integers ? integers.Values[row] is { } integer ? new Number(integer) : null : ((Column<Number?>)column).Values[row];
        if (value is { } number)
            Add(number, weight);
    }

    /// <summary>Adds a value so many times.</summary>
    public void Add(Number value, long weight)
    {
        _count += weight;
        var times = new Number(weight);
        _sum.Add(weight == 1 ? value : value * times);
        _squares.Add(value * value * times);
    }

    /// <summary>Adds what another holds.</summary>
    public void Add(in Moments other)
    {
        _count += other._count;
        _sum.Add(other._sum.Value);
        _squares.Add(other._squares.Value);
    }

    /// <summary>Appends the result: NULL over no values, and over one if it is a sample's.</summary>
    public readonly void Result(Column output, AggregateCall call)
    {
        var isSample = call.Kind is AggregateKind.VarSamp or AggregateKind.StddevSamp;
        if (_count <= 0 || (isSample && _count == 1))
        {
            output.AppendNull();
            return;
        }

        // (n Σx² − (Σx)²) / n², or / n (n − 1): exact up to the division.
        var (count, sum) = (new Number(_count), _sum.Value);
        var dividend = (count * _squares.Value) - (sum * sum);
        var divisor = (BigInteger)_count * (isSample ? _count - 1 : _count);
        var variance = dividend.Sign <= 0 ? 0 : Number.Divide(dividend, new Number(divisor, 0), dividend.Scale + 40).ToDouble();
        var result = call.Kind is AggregateKind.StddevPop or AggregateKind.StddevSamp ? Math.Sqrt(variance) : variance;
        if (!double.IsFinite(result) || !Number.FromDouble(result).TryFit(call.Type, out var fit))
            throw new Expressions.EvaluationException($"the variance is out of range for {call.Type}");
        ((Column<Number?>)output).Append(fit);
    }

    public readonly void Write(StateWriter writer)
    {
        writer.Long(_count);
        _sum.Write(writer);
        _squares.Write(writer);
    }

    public void Read(ref StateReader reader)
    {
        _count = reader.Long();
        _sum.Read(ref reader);
        _squares.Read(ref reader);
    }
}
