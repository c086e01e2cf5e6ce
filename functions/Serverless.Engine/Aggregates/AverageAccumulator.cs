using System.Numerics;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>AVG(x)</c>: the exact sum divided once, at the end. Of integers it is an integer, truncated, as in Flink.</summary>
internal sealed class AverageAccumulator(SqlType type) : Accumulator
{
    private ExactSum _sum;
    private long _count;

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            if (column!.IsNull(row))
                continue;
            if (column is Column<long?> integers)
                _sum.Add(integers.Values[row]!.Value);
            else
                _sum.Add(((Column<Number?>)column).Values[row]!.Value);
            _count++;
        }
    }

    public override void Merge(Accumulator other)
    {
        var average = (AverageAccumulator)other;
        _sum.Add(average._sum.Value);
        _count += average._count;
    }

    public override void Result(Column output) => Append(output, _sum, _count, type);

    /// <summary>Appends an average to a column of the aggregate's type.</summary>
    public static void Append(Column output, ExactSum sum, long count, SqlType type)
    {
        if (count == 0)
            output.AppendNull();
        else if (output is Column<long?> integers)
            integers.Append((long)BigInteger.Divide(sum.Value.Unscaled, count));
        else
            ((Column<Number?>)output).Append(type.Kind == SqlKind.Decimal
                ? Number.Divide(sum.Value, new Number(count), type.Scale)
                : Number.FromDouble(sum.Value.ToDouble() / count));
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
