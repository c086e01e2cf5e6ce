namespace Serverless.Engine.Plans;

/// <summary><c>INTERSECT</c> and <c>EXCEPT</c>.</summary>
/// <param name="left">The left side, with its columns for those of the result.</param>
/// <param name="right">The right side.</param>
/// <param name="isExcept">Whether it is <c>EXCEPT</c>.</param>
/// <param name="isAll">Whether equal rows are counted.</param>
/// <param name="columns">The columns of the result.</param>
public sealed class SetRelation(
    (Relation Relation, IReadOnlyList<PlanColumn> Columns) left, (Relation Relation, IReadOnlyList<PlanColumn> Columns) right, bool isExcept, bool isAll,
    IReadOnlyList<PlanColumn> columns) : Relation
{
    /// <summary>Whether it is <c>EXCEPT</c>.</summary>
    public bool IsExcept { get; } = isExcept;

    /// <summary>Whether equal rows are counted.</summary>
    public bool IsAll { get; } = isAll;

    /// <summary>For either side, its columns for those of the result.</summary>
    public IReadOnlyList<IReadOnlyList<PlanColumn>> Places { get; } = [left.Columns, right.Columns];

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns { get; } = columns;

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [left.Relation, right.Relation];

    /// <inheritdoc />
    public override bool IsAppendOnly => false;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => IsAll ? [] : [Columns.Select(c => c.Id).ToHashSet()];

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities => [];
}
