using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>SUM(x)</c>: NULL over no values; out of range only where the result is, not on the way there.</summary>
internal sealed class SumAccumulator(SqlType type) : SumBase
{
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
        else
            ((Column<Number?>)output).Append(value.TryFit(type, out var fit) ? fit : throw new EvaluationException($"SUM is {value}, out of range for {type}"));
    }

    protected override void Append(Column output, ExactSum sum, long count) => Append(output, sum, count, type);
}
