using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>SUM(x)</c> and <c>AVG(x)</c>: the exact sum and the number of the values.</summary>
internal sealed class RetractableSum(AggregateCall call) : RetractableAccumulator
{
    private ExactSum _sum;
    private long _count;

    public override bool IsEmpty => _count == 0 && _sum.Value.Unscaled.IsZero;

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        var value = argument switch
        {
            Column<long?> integers => integers.Values[row] is { } integer ? new Number(integer) : null,
            _ => ((Column<Number?>)argument!).Values[row],
        };
        if (value is not { } number)
            return;
        _count += weight;
        if (weight == 1)
            _sum.Add(number);
        else
            _sum.Add(new Number(number.Unscaled * weight, number.Scale));
    }

    public override void Result(Column output)
    {
        if (call.Kind == AggregateKind.Sum)
            SumAccumulator.Append(output, _sum, _count, call.Type);
        else
            AverageAccumulator.Append(output, _sum, _count, call.Type);
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
