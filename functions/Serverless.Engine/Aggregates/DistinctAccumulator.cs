using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>
/// <c>COUNT</c>, <c>SUM</c>, <c>AVG</c> or a variance of distinct values: the running value over those that are counted here. Which ones are is
/// <see cref="DistinctValues{T}"/>' business: each value in the earliest bucket it is seen in.
/// </summary>
internal sealed class DistinctAccumulator(AggregateCall call) : Accumulator
{
    private readonly bool _isVariance = call.Kind is AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp;
    private ExactSum _sum;
    private Moments _moments;
    private long _count;

    public void Include<T>(T value)
    {
        _count++;
        if (_isVariance)
            _moments.Add(ToNumber(value), 1);
        else if (call.Kind != AggregateKind.Count)
            _sum.Add(ToNumber(value));
    }

    public void Exclude<T>(T value)
    {
        _count--;
        if (_isVariance)
            _moments.Add(ToNumber(value), -1);
        else if (call.Kind != AggregateKind.Count)
            _sum.Subtract(ToNumber(value));
    }

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows) =>
        throw new InvalidOperationException("distinct values are added through DistinctValues");

    public override void Merge(Accumulator other)
    {
        var distinct = (DistinctAccumulator)other;
        _count += distinct._count;
        if (_isVariance)
            _moments.Add(distinct._moments);
        else if (call.Kind != AggregateKind.Count)
            _sum.Add(distinct._sum.Value);
    }

    public override void Result(Column output)
    {
        switch (call.Kind)
        {
            case AggregateKind.Count: ((Column<long?>)output).Append(_count); break;
            case var _ when _isVariance: _moments.Result(output, call); break;
            case AggregateKind.Sum: SumAccumulator.Append(output, _sum, _count, call.Type); break;
            default: AverageAccumulator.Append(output, _sum, _count, call.Type); break;
        }
    }

    public override void Write(StateWriter writer)
    {
        writer.Long(_count);
        if (_isVariance)
            _moments.Write(writer);
        else
            _sum.Write(writer);
    }

    public override void Read(ref StateReader reader)
    {
        _count = reader.Long();
        if (_isVariance)
            _moments.Read(ref reader);
        else
            _sum.Read(ref reader);
    }

    private static Number ToNumber<T>(T value) => value switch
    {
        long integer => new Number(integer),
        Number number => number,
        _ => throw new InvalidOperationException($"{typeof(T)} is no number"),
    };
}
