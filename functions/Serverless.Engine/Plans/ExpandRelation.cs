using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>GROUPING SETS</c>: each row once for each set, with the keys of the set, NULL for the others, and the number of the set.</summary>
/// <param name="input">The rows.</param>
/// <param name="keys">The keys.</param>
/// <param name="sets">The keys of each set, by their places.</param>
/// <param name="set">The number of the set.</param>
public sealed class ExpandRelation(
    Relation input, IReadOnlyList<(PlanColumn Column, Scalar Scalar)> keys, IReadOnlyList<IReadOnlyList<int>> sets, PlanColumn set) : Relation
{
    /// <summary>The keys.</summary>
    public IReadOnlyList<(PlanColumn Column, Scalar Scalar)> Keys { get; } = keys;

    /// <summary>The keys of each set, by their places.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sets { get; } = sets;

    /// <summary>The number of the set.</summary>
    public PlanColumn Set { get; } = set;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, .. Keys.Select(k => k.Column), Set];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [input];

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs[0].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Keys.Select(k => k.Scalar);
}
