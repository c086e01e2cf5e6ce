using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>
/// The running value of one aggregate over rows that may be removed again: a row of weight −1 takes back one of weight +1. The rows' order leaves no trace. NULLs are
/// skipped, as in Flink.
/// </summary>
internal abstract class RetractableAccumulator
{
    /// <summary>Whether it is as if no row had ever come. If removals come before what they remove, that is not so just because as many rows came as went.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>Adds a row.</summary>
    /// <param name="argument">The argument's column; null for <c>COUNT(*)</c>.</param>
    /// <param name="row">The row.</param>
    /// <param name="order">Where the row stands in the order of its records, for <c>FIRST_VALUE</c> and <c>LAST_VALUE</c>.</param>
    /// <param name="weight">How often it is added; less than zero if it is removed.</param>
    public abstract void Add(Column? argument, int row, byte[]? order, long weight);

    /// <summary>Appends the result.</summary>
    /// <exception cref="Expressions.EvaluationException">The result is out of its type's range.</exception>
    public abstract void Result(Column output);

    /// <summary>Writes it.</summary>
    public abstract void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public abstract void Read(ref StateReader reader);

    /// <summary>Makes an empty one.</summary>
    /// <param name="call">The aggregate.</param>
    /// <param name="isAppendOnly">Whether no row is ever removed, so that only the least, greatest, first or last value is kept.</param>
    public static RetractableAccumulator Create(AggregateCall call, bool isAppendOnly)
    {
        if (call.IsDistinct)
            return new RetractableDistinct(Create(call with { IsDistinct = false }, isAppendOnly));
        var argument = call.Argument?.Type ?? SqlType.Boolean;
        return call.Kind switch
        {
            AggregateKind.Count => new RetractableCount(),
            AggregateKind.Sum or AggregateKind.Avg => new RetractableSum(call),
            AggregateKind.Min => argument.Carry(new MinMax(false, isAppendOnly)),
            AggregateKind.Max => argument.Carry(new MinMax(true, isAppendOnly)),
            AggregateKind.FirstValue => argument.Carry(new FirstLast(false, isAppendOnly)),
            AggregateKind.LastValue => argument.Carry(new FirstLast(true, isAppendOnly)),
            AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp => new RetractableVariance(call),
            _ when call.IsList => new RetractableList(call),
            _ => throw new InvalidOperationException($"{call.Kind} is no aggregate"),
        };
    }

    private sealed class MinMax(bool isMax, bool isAppendOnly) : ICarrier<RetractableAccumulator>
    {
        public RetractableAccumulator Of<T>() => new RetractableMinMax<T>(isMax, isAppendOnly);
    }

    private sealed class FirstLast(bool isLast, bool isAppendOnly) : ICarrier<RetractableAccumulator>
    {
        public RetractableAccumulator Of<T>() => new RetractableFirstLast<T>(isLast, isAppendOnly);
    }
}
