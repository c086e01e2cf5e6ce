using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>JOIN … FOR SYSTEM_TIME AS OF</c> a row's time, on a table with a key and a time: each left row with the version of its key that was valid then.</summary>
/// <param name="left">The rows.</param>
/// <param name="right">The versions.</param>
/// <param name="keys">Pairs of expressions that must be equal; the right ones are the table's key.</param>
/// <param name="leftTime">The left row's time.</param>
/// <param name="rightTime">The time from which a version is valid.</param>
/// <param name="isOuter">Whether rows without a version come out.</param>
/// <param name="isEnd">Whether a version says that there is none from its time on; null if none does.</param>
public sealed class VersionedJoinRelation(
    Relation left, Relation right, IReadOnlyList<(Scalar Left, Scalar Right)> keys, Scalar leftTime, Scalar rightTime, bool isOuter, Scalar? isEnd = null) : Relation
{
    /// <summary>Pairs of expressions that must be equal.</summary>
    public IReadOnlyList<(Scalar Left, Scalar Right)> Keys { get; } = keys;

    /// <summary>The left row's time.</summary>
    public Scalar LeftTime { get; } = leftTime;

    /// <summary>The time from which a version is valid.</summary>
    public Scalar RightTime { get; } = rightTime;

    /// <summary>Whether rows without a version come out.</summary>
    public bool IsOuter { get; } = isOuter;

    /// <summary>Whether a version says that there is none from its time on; null if none does.</summary>
    public Scalar? IsEnd { get; } = isEnd;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. Inputs[0].Columns, .. Inputs[1].Columns];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; } = [left, right];

    /// <inheritdoc />
    public override bool IsAppendOnly => false;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => Inputs[0].UniqueKeys;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities => Inputs[0].Equalities;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Keys.SelectMany(k => new[] { k.Left, k.Right }).Append(LeftTime).Append(RightTime).Concat(IsEnd is null ? [] : [IsEnd]);
}
