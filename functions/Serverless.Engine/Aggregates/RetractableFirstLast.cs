using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>FIRST_VALUE(x)</c> and <c>LAST_VALUE(x)</c> by the order of the records, not of arrivals.</summary>
internal sealed class RetractableFirstLast<T>(bool isLast, bool isAppendOnly) : RetractableAccumulator
{
    private readonly SortedList<byte[], (T Value, long Weight)> _values = new(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        var value = ((Column<T>)argument!).Values[row];
        if (value is null)
            return;
        if (isAppendOnly && _values.Count > 0)
        {
            var compared = order.AsSpan().SequenceCompareTo(_values.GetKeyAtIndex(0));
            if (isLast ? compared < 0 : compared > 0)
                return;
            _values.Clear();
        }

        var after = _values.GetValueOrDefault(order!).Weight + weight;
        if (after == 0)
            _values.Remove(order!);
        else
            _values[order!] = (value, after);
    }

    public override void Result(Column output)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            var (value, weight) = _values.GetValueAtIndex(isLast ? _values.Count - 1 - i : i);
            if (weight <= 0)
                continue;
            ((Column<T>)output).Append(value);
            return;
        }

        output.AppendNull();
    }

    public override void Write(StateWriter writer)
    {
        writer.Long(_values.Count);
        foreach (var (order, (value, weight)) in _values)
        {
            writer.Bytes(order);
            writer.Value(value);
            writer.Long(weight);
        }
    }

    public override void Read(ref StateReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
            _values.Add(reader.Bytes().ToArray(), (reader.Value<T>(), reader.Long()));
    }
}
