using System.Numerics;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>AVG(x)</c>: the exact sum divided once, at the end. Of integers it is an integer, truncated, as in Flink.</summary>
internal sealed class AverageAccumulator(SqlType type) : TotalAccumulator
{
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

    protected override void Append(Column output, ExactSum sum, long count) => Append(output, sum, count, type);
}
