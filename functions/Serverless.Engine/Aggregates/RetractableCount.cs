using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>COUNT(*)</c> and <c>COUNT(x)</c>.</summary>
internal sealed class RetractableCount : RetractableAccumulator
{
    private long _count;

    public override bool IsEmpty => _count == 0;

    public override void Add(Column? argument, int row, byte[]? order, long weight)
    {
        if (argument is null || !argument.IsNull(row))
            _count += weight;
    }

    public override void Result(Column output) => ((Column<long?>)output).Append(_count);

    public override void Write(StateWriter writer) => writer.Long(_count);

    public override void Read(ref StateReader reader) => _count = reader.Long();
}
