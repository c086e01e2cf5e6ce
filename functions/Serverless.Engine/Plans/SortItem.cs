using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary>What rows are ordered by.</summary>
/// <param name="Scalar">The expression.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
/// <param name="NullsFirst">Whether NULL comes first.</param>
public sealed record SortItem(Scalar Scalar, bool IsDescending, bool NullsFirst)
{
    /// <inheritdoc />
    public override string ToString() =>
        $"{Scalar}{(IsDescending ? " DESC" : "")}{(NullsFirst == IsDescending ? NullsFirst ? " NULLS FIRST" : " NULLS LAST" : "")}";
}
