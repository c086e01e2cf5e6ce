using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary>A select list: a column for each expression. The input's columns can still be named.</summary>
public sealed class ProjectRelation(Relation input, IReadOnlyList<(PlanColumn Column, Scalar Scalar)> items) : Relation
{
    /// <summary>The columns that it adds, each with its expression.</summary>
    public IReadOnlyList<(PlanColumn Column, Scalar Scalar)> Items { get; } = items;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Items.Select(i => i.Column), .. Inputs[0].Columns];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [input];

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs[0].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => Inputs[0].UniqueKeys;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities =>
        Inputs[0].Equalities.Concat(Items.Where(i => i.Scalar is ColumnScalar).Select(i => (i.Column.Id, ((ColumnScalar)i.Scalar).Index)));

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Items.Select(i => i.Scalar);
}
