using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>MIN(x)</c> and <c>MAX(x)</c>: every value with its weight, since the least may be removed; or only the least, if no row ever is.</summary>
internal sealed class RetractableMinMax<T>(bool isMax, bool isAppendOnly) : RetractableAccumulator
{
    private readonly SortedList<Key, long> _values = [];

    public override bool IsEmpty => _values.Count == 0;

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        var value = ((Column<T>)argument!).Values[row];
        if (value is null)
            return;
        var key = new Key(value);
        if (isAppendOnly)
        {
            if (_values.Count > 0 && (key.CompareTo(_values.GetKeyAtIndex(0)) is var compared && isMax ? compared <= 0 : compared >= 0))
                return;
            _values.Clear();
            _values.Add(key, 1);
            return;
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
            var at = isMax ? _values.Count - 1 - i : i;
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
            writer.Value(key.Value);
            writer.Long(weight);
        }
    }

    public override void Read(ref StateReader reader)
    {
        for (var count = reader.Count(); count > 0; count--)
            _values.Add(new Key(reader.Value<T>()), reader.Long());
    }

    private readonly record struct Key(T Value) : IComparable<Key>
    {
        public int CompareTo(Key other) => ValueOrder<T>.Compare(Value, other.Value);
    }
}
