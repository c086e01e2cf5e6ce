using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>WHERE</c> and <c>HAVING</c>: the rows for which a condition is true.</summary>
public sealed class FilterRelation(Relation input, Scalar condition) : Relation
{
    /// <summary>The condition.</summary>
    public Scalar Condition { get; } = condition;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => Inputs[0].Columns;

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [input];

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs[0].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => Inputs[0].UniqueKeys;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => [Condition];
}
