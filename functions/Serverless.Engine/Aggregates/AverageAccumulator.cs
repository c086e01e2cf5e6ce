using System.Numerics;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>AVG(x)</c>: the exact sum divided once, at the end. Of integers it is an integer, truncated, as in Flink.</summary>
internal sealed class AverageAccumulator(SqlType type) : SumBase
{
    /// <summary>Appends an average to a column of the aggregate's type.</summary>
    public static void Append(Column output, ExactSum sum, long count, SqlType type)
    {
        if (count == 0)
            output.AppendNull();
        else if (output is Column<long?> integers)
            integers.Append((long)BigInteger.Divide(sum.Value.Unscaled, count));
        else if (type.Kind == SqlKind.Decimal)
            ((Column<Number?>)output).Append(Number.Divide(sum.Value, new Number(count), type.Scale));
        else
            ((Column<Number?>)output).Append(OfBinary(sum.Value, count, type));
    }

    // The sum may be past the greatest DOUBLE; an average of numbers that the type holds never is.
    private static Number OfBinary(Number sum, long count, SqlType type)
    {
        var average = sum.ToDouble() is var value && double.IsFinite(value) ? Number.FromDouble(value / count) : Number.Divide(sum, new Number(count), 0);
        _ = average.TryFit(type, out var fit);
        return fit;
    }

    protected override void Append(Column output, ExactSum sum, long count) => Append(output, sum, count, type);
}
