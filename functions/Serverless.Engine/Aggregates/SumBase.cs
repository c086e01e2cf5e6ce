using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The exact sum and the number of an argument's values: what SUM and AVG are made of.</summary>
internal abstract class SumBase : Accumulator
{
    private ExactSum _sum;
    private long _count;

    public sealed override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        if (column is Column<long?> integers)
        {
            foreach (var row in rows)
                if (integers.Values[row] is { } value)
                {
                    _sum.Add(value);
                    _count++;
                }

            return;
        }

        var numbers = ((Column<Number?>)column!).Values;
        foreach (var row in rows)
            if (numbers[row] is { } value)
            {
                _sum.Add(value);
                _count++;
            }
    }

    public sealed override void Merge(Accumulator other)
    {
        var total = (SumBase)other;
        _sum.Add(total._sum.Value);
        _count += total._count;
    }

    public sealed override void Result(Column output) => Append(output, _sum, _count);

    public sealed override void Write(StateWriter writer)
    {
        writer.Long(_count);
        _sum.Write(writer);
    }

    public sealed override void Read(ref StateReader reader)
    {
        _count = reader.Long();
        _sum.Read(ref reader);
    }

    /// <summary>Appends the result of a sum of so many values.</summary>
    protected abstract void Append(Column output, ExactSum sum, long count);
}
