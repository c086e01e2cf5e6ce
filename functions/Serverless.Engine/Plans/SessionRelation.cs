using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>SESSION</c>: each row with the window of its key that it belongs to.</summary>
/// <param name="input">The rows.</param>
/// <param name="keys">The key.</param>
/// <param name="time">The time.</param>
/// <param name="gap">How far apart two rows of one window may be at most, in ticks of 100 ns.</param>
/// <param name="start">The windows' start.</param>
/// <param name="end">The windows' end.</param>
public sealed class SessionRelation(Relation input, IReadOnlyList<Scalar> keys, Scalar time, long gap, PlanColumn start, PlanColumn end) : Relation
{
    /// <summary>The key.</summary>
    public IReadOnlyList<Scalar> Keys { get; } = keys;

    /// <summary>The time.</summary>
    public Scalar Time { get; } = time;

    /// <summary>How far apart two rows of one window may be, in ticks of 100 ns.</summary>
    public long Gap { get; } = gap;

    /// <summary>The windows' start.</summary>
    public PlanColumn Start { get; } = start;

    /// <summary>The windows' end.</summary>
    public PlanColumn End { get; } = end;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, Start, End];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [input];

    /// <inheritdoc />
    public override bool IsAppendOnly => false;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => Inputs[0].UniqueKeys;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<(IReadOnlySet<int> From, int To)> Dependencies => Keys.All(k => k is ColumnScalar)
        ? [(Keys.Select(k => ((ColumnScalar)k).Index).Append(Start.Id).ToHashSet(), End.Id)]
        : [];

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => [.. Keys, Time];
}
