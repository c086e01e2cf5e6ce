using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>COUNT(*)</c> and <c>COUNT(x)</c>.</summary>
internal sealed class CountAccumulator : Accumulator
{
    private long _count;

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        if (column is null)
        {
            _count += rows.Length;
            return;
        }

        foreach (var row in rows)
            if (!column.IsNull(row))
                _count++;
    }

    public override void Merge(Accumulator other) => _count += ((CountAccumulator)other)._count;

    public override void Result(Column output) => ((Column<long?>)output).Append(_count);

    public override void Write(StateWriter writer) => writer.Long(_count);

    public override void Read(ref StateReader reader) => _count = reader.Long();
}
