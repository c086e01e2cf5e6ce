using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>MIN(x)</c> and <c>MAX(x)</c>.</summary>
internal sealed class MinMaxAccumulator<T>(bool isMax) : Accumulator
{
    private T _value = default!;

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        if (column is TextColumn texts)
        {
            if (texts.MostOf(rows, isMax) is var most and >= 0)
                Add(column.Value<T>(most));
            return;
        }

        var values = ((Column<T>)column!).Values;
        foreach (var row in rows)
            Add(values[row]);
    }

    public override void Merge(Accumulator other) => Add(((MinMaxAccumulator<T>)other)._value);

    public override void Result(Column output) => ((Column<T>)output).Append(_value);

    public override void Write(StateWriter writer) => writer.Value(_value);

    public override void Read(ref StateReader reader) => _value = reader.Value<T>();

    private void Add(T value)
    {
        if (value is null)
            return;
        if (_value is null || (ValueOrder<T>.Compare(value, _value) is var order && isMax ? order > 0 : order < 0))
            _value = value;
    }
}
