using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>An aggregate over the distinct values of its argument: a value counts once for as long as its weight is above zero.</summary>
internal sealed class RetractableDistinct(RetractableAccumulator inner) : RetractableAccumulator
{
    private static readonly RowCodec Codec = new([0]);

    private readonly RowCounts _values = new();
    private readonly StateWriter _writer = new();

    public override bool IsEmpty => _values.IsEmpty;

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        if (argument!.IsNull(row))
            return;
        _writer.Clear();
        Codec.Write(_writer, [argument], row);
        var before = _values.Add(_writer.Written.ToArray(), weight);
        if (before <= 0 && before + weight > 0)
            inner.Add(argument, row, order, 1);
        else if (before > 0 && before + weight <= 0)
            inner.Add(argument, row, order, -1);
    }

    public override void Result(Column output) => inner.Result(output);

    public override void Write(StateWriter writer)
    {
        _values.Write(writer);
        inner.Write(writer);
    }

    public override void Read(ref StateReader reader)
    {
        _values.Read(ref reader);
        inner.Read(ref reader);
    }
}
