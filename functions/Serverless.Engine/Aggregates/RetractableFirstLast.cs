using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>FIRST_VALUE(x)</c> and <c>LAST_VALUE(x)</c> by the order of the records, not of arrivals.</summary>
internal sealed class RetractableFirstLast<T>(bool isLast, bool isAppendOnly) : RetractableAccumulator
{
    // Rows of one place are of one record: they go by their values then.
    private readonly SortedList<Key, long> _values = [];

    public override bool IsEmpty => _values.Count == 0;

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        var value = ((Column<T>)argument!).Values[row];
        if (value is null)
            return;
        var key = new Key(order!, value);
        if (isAppendOnly && _values.Count > 0)
        {
            var compared = key.CompareTo(_values.GetKeyAtIndex(0));
            if (isLast ? compared < 0 : compared > 0)
                return;
            _values.Clear();
        }

        var after = _values.GetValueOrDefault(key) + weight;
        if (after == 0)
            _values.Remove(key);
        else
            _values[key] = after;
    }

    public override void Result(Column output)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            var at = isLast ? _values.Count - 1 - i : i;
            if (_values.GetValueAtIndex(at) <= 0)
                continue;
            ((Column<T>)output).Append(_values.GetKeyAtIndex(at).Value);
            return;
        }

        output.AppendNull();
    }

    public override void Write(StateWriter writer)
    {
        writer.Long(_values.Count);
        foreach (var (key, weight) in _values)
        {
            writer.Bytes(key.Order);
            writer.Value(key.Value);
            writer.Long(weight);
        }
    }

    public override void Read(ref StateReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
            _values.Add(new Key(reader.Bytes().ToArray(), reader.Value<T>()), reader.Long());
    }

    private readonly record struct Key(byte[] Order, T Value) : IComparable<Key>
    {
        public int CompareTo(Key other) => Order.AsSpan().SequenceCompareTo(other.Order) is var order and not 0 ? order : ValueOrder<T>.Compare(Value, other.Value);
    }
}
