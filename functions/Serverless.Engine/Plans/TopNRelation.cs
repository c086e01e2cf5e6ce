using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary>The rows of each partition from one place of an order to another: <c>ROW_NUMBER</c> with a condition on the number, or <c>LIMIT</c>.</summary>
/// <param name="input">The rows.</param>
/// <param name="partitionBy">What rows are put together by.</param>
/// <param name="orderBy">The order; rows that it does not tell apart go by the order of the records.</param>
/// <param name="from">The first place, from 1.</param>
/// <param name="to">The last place.</param>
/// <param name="number">The column of the number, in case it is needed.</param>
public sealed class TopNRelation(Relation input, IReadOnlyList<Scalar> partitionBy, IReadOnlyList<SortItem> orderBy, long from, long to, PlanColumn number) : Relation
{
    /// <summary>What rows are put together by.</summary>
    public IReadOnlyList<Scalar> PartitionBy { get; } = partitionBy;

    /// <summary>The order.</summary>
    public IReadOnlyList<SortItem> OrderBy { get; } = orderBy;

    /// <summary>The first place.</summary>
    public long From { get; } = from;

    /// <summary>The last place.</summary>
    public long To { get; } = to;

    /// <summary>The number's column.</summary>
    public PlanColumn Number { get; } = number;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, Number];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [input];

    /// <inheritdoc />
    public override bool IsAppendOnly => false;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys
    {
        get
        {
            var keys = Inputs[0].UniqueKeys.ToList();
            if (OneToOne.ColumnsOf(PartitionBy) is { } partition)
                keys.Add((From == To ? partition : partition.Append(Number.Id)).ToHashSet());
            return keys;
        }
    }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => PartitionBy.Concat(OrderBy.Select(o => o.Scalar));
}
