using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;

namespace Serverless.Engine.Plans;

/// <summary>A call of a window function.</summary>
/// <param name="Function">Which.</param>
/// <param name="Aggregate">The aggregate, if it is one.</param>
/// <param name="Argument">The argument of <c>LAG</c> and <c>LEAD</c>.</param>
/// <param name="Offset">How many rows they look away.</param>
/// <param name="Default">What they give where there is no row.</param>
/// <param name="Frame">The frame.</param>
/// <param name="Text">What the script says, for plans.</param>
public sealed record OverCall(OverFunction Function, AggregateCall? Aggregate, Scalar? Argument, long Offset, Scalar? Default, Frame Frame, string Text)
{
    /// <summary>The expressions that it evaluates.</summary>
    public IEnumerable<Scalar> Expressions => new[] { Aggregate?.Argument, Argument, Default }.OfType<Scalar>();
}

/// <summary>Functions <c>OVER (PARTITION BY … ORDER BY …)</c>: each row with their results.</summary>
/// <param name="input">The rows.</param>
/// <param name="partitionBy">What rows are put together by.</param>
/// <param name="orderBy">The order; rows that it does not tell apart go by the order of the records.</param>
/// <param name="calls">The calls.</param>
public sealed class OverRelation(Relation input, IReadOnlyList<Scalar> partitionBy, IReadOnlyList<SortItem> orderBy, IReadOnlyList<(PlanColumn Column, OverCall Call)> calls) : Relation
{
    /// <summary>What rows are put together by.</summary>
    public IReadOnlyList<Scalar> PartitionBy { get; } = partitionBy;

    /// <summary>The order.</summary>
    public IReadOnlyList<SortItem> OrderBy { get; } = orderBy;

    /// <summary>The calls.</summary>
    public IReadOnlyList<(PlanColumn Column, OverCall Call)> Calls { get; } = calls;

    /// <summary>The column of <c>ROW_NUMBER()</c>; null if there is none.</summary>
    public PlanColumn? Number => Calls.FirstOrDefault(c => c.Call.Function == OverFunction.RowNumber).Column;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, .. Calls.Select(c => c.Column)];

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
            if (OneToOne.ColumnsOf(PartitionBy) is { } partition && Number is { } number)
                keys.Add(partition.Append(number.Id).ToHashSet());
            return keys;
        }
    }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => PartitionBy.Concat(OrderBy.Select(o => o.Scalar)).Concat(Calls.SelectMany(c => c.Call.Expressions));
}
