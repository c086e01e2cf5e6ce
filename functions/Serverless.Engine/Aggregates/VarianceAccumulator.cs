using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary><c>VAR_POP</c>, <c>VAR_SAMP</c>, <c>STDDEV_POP</c> and <c>STDDEV_SAMP</c>.</summary>
internal sealed class VarianceAccumulator(AggregateCall call) : Accumulator
{
    private Moments _moments;

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
            _moments.Add(column!, row, 1);
    }

    public override void Merge(Accumulator other) => _moments.Add(((VarianceAccumulator)other)._moments);

    public override void Result(Column output) => _moments.Result(output, call);

    public override void Write(StateWriter writer) => _moments.Write(writer);

    public override void Read(ref StateReader reader) => _moments.Read(ref reader);
}

/// <summary>The same over rows that may be removed again.</summary>
internal sealed class RetractableVariance(AggregateCall call) : RetractableAccumulator
{
    private Moments _moments;

    public override bool IsEmpty => _moments.IsEmpty;

    public override void Add(Column? argument, int row, byte[]? order, long weight) => _moments.Add(argument!, row, weight);

    public override void Result(Column output) => _moments.Result(output, call);

    public override void Write(StateWriter writer) => _moments.Write(writer);

    public override void Read(ref StateReader reader) => _moments.Read(ref reader);
}
