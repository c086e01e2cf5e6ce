using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>GROUP BY</c> and <c>DISTINCT</c>: a row for each group, made of its key and its aggregates.</summary>
public sealed class AggregateRelation(
    Relation input, IReadOnlyList<(PlanColumn Column, Scalar Scalar)> keys, IReadOnlyList<(PlanColumn Column, AggregateCall Call)> calls) : Relation
{
    /// <summary>The key.</summary>
    public IReadOnlyList<(PlanColumn Column, Scalar Scalar)> Keys { get; } = keys;

    /// <summary>The aggregates.</summary>
    public IReadOnlyList<(PlanColumn Column, AggregateCall Call)> Calls { get; } = calls;

    /// <summary>Whether an aggregate goes by the order of the records.</summary>
    public bool NeedsOrder => Calls.Any(c => c.Call.NeedsOrder);

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Keys.Select(k => k.Column), .. Calls.Select(c => c.Column)];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [input];

    /// <inheritdoc />
    public override bool IsAppendOnly => false;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => [Keys.Select(k => k.Column.Id).ToHashSet()];

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities =>
        Keys.Where(k => k.Scalar is ColumnScalar).Select(k => (k.Column.Id, ((ColumnScalar)k.Scalar).Index));

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Keys.Select(k => k.Scalar).Concat(Calls.Select(c => c.Call.Argument).OfType<Scalar>());
}
