using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>
/// The running value of one aggregate. Adding and merging are commutative and exact: the events' order, and how they are cut into slices, leave
/// no trace. NULLs are skipped, as in Flink.
/// </summary>
internal abstract class Accumulator
{
    /// <summary>Adds the argument of some events of one slice; <paramref name="column"/> is null for <c>COUNT(*)</c>.</summary>
    public abstract void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows);

    /// <summary>Adds what another of the same kind holds.</summary>
    public abstract void Merge(Accumulator other);

    /// <summary>Appends the result.</summary>
    /// <exception cref="EvaluationException">The result is out of its type's range.</exception>
    public abstract void Result(Column output);

    public abstract void Write(StateWriter writer);

    public abstract void Read(ref StateReader reader);

    /// <summary>Makes an empty one.</summary>
    public static Accumulator Create(AggregateCall call)
    {
        if (call.IsDistinct)
            return new DistinctAccumulator(call);
        var argument = call.Argument?.Type ?? SqlType.Boolean;
        return call.Kind switch
        {
            AggregateKind.Count => new CountAccumulator(),
            AggregateKind.Sum => new SumAccumulator(call.Type),
            AggregateKind.Avg => new AverageAccumulator(call.Type),
            AggregateKind.Min => argument.Carry(new MinMax(false)),
            AggregateKind.Max => argument.Carry(new MinMax(true)),
            AggregateKind.FirstValue => argument.Carry(new FirstLast(false)),
            AggregateKind.LastValue => argument.Carry(new FirstLast(true)),
            AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp => new VarianceAccumulator(call),
            _ when call.IsList => new ListAccumulator(call),
            _ => throw new InvalidOperationException($"{call.Kind} is no aggregate"),
        };
    }

    private sealed class MinMax(bool isMax) : ICarrier<Accumulator>
    {
        public Accumulator Of<T>() => new MinMaxAccumulator<T>(isMax);
    }

    private sealed class FirstLast(bool isLast) : ICarrier<Accumulator>
    {
        public Accumulator Of<T>() => new FirstLastValueAccumulator<T>(isLast);
    }
}
