using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The aggregates that keep every value, over rows that may be removed again: in the order of the records, or of the values if rows are made of several records.</summary>
internal sealed class RetractableList(AggregateCall call) : RetractableAccumulator
{
    private readonly SortedDictionary<Key, long> _values = [];

    public override bool IsEmpty => _values.Count == 0;

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        if (argument!.Box(row) is not { } value)
            return;
        var key = new Key(order ?? [], value);
        var after = _values.GetValueOrDefault(key) + weight;
        if (after == 0)
            _values.Remove(key);
        else
            _values[key] = after;
    }

    public override void Result(Column output) =>
        ListResult.Append(call, _values.Where(v => v.Value > 0).SelectMany(v => Enumerable.Repeat(v.Key.Value, (int)v.Value)), output);

    public override void Write(StateWriter writer)
    {
        writer.Long(_values.Count);
        foreach (var (key, weight) in _values)
        {
            writer.Bytes(key.Order);
            writer.Row([key.Value]);
            writer.Long(weight);
        }
    }

    public override void Read(ref StateReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
        {
            var order = reader.Bytes().ToArray();
            if (reader.Row() is not [{ } value] || !_values.TryAdd(new Key(order, value), reader.Long()))
                throw reader.Damaged();
        }
    }

    private readonly record struct Key(byte[] Order, object Value) : IComparable<Key>
    {
        public int CompareTo(Key other) => Order.AsSpan().SequenceCompareTo(other.Order) is var order and not 0 ? order : BoxedValues.Compare(Value, other.Value);
    }
}
