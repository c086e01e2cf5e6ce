using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>SUM(x)</c>: NULL over no values; out of range only where the result is, not on the way there.</summary>
internal sealed class SumAccumulator(SqlType type) : Accumulator
{
    private ExactSum _sum;
    private long _count;

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
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

    public override void Merge(Accumulator other)
    {
        var sum = (SumAccumulator)other;
        _sum.Add(sum._sum.Value);
        _count += sum._count;
    }

    public override void Result(Column output) => Append(output, _sum, _count, type);

    /// <summary>Appends a sum to a column of the aggregate's type, checking its range.</summary>
    public static void Append(Column output, ExactSum sum, long count, SqlType type)
    {
        if (count == 0)
        {
            output.AppendNull();
            return;
        }

        var value = sum.Value;
        if (output is Column<long?> integers)
            integers.Append(value.TryToInt64(out var integer) && IntegerRange.Of(type.Kind).Contains(integer)
                ? integer
                : throw new EvaluationException($"SUM is {value}, out of range for {type}: CAST the argument to a wider type"));
        else if (type.Kind == SqlKind.Decimal && !value.Fits(type.Length, type.Scale))
            throw new EvaluationException($"SUM is {value}, out of range for {type}");
        else
            ((Column<Number?>)output).Append(value);
    }

    public override void Write(StateWriter writer)
    {
        writer.Long(_count);
        _sum.Write(writer);
    }

    public override void Read(ref StateReader reader)
    {
        _count = reader.Long();
        _sum.Read(ref reader);
    }
}
