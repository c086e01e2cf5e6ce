using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A query, bound.</summary>
/// <param name="Relation">Its rows.</param>
/// <param name="Items">Its columns, as expressions over those of the relation, and where each is written.</param>
internal sealed record BoundQuery(Relation Relation, IReadOnlyList<(NamedScalar Value, TextSpan Span)> Items)
{
    /// <summary>What names refer to if the query is read under a name.</summary>
    public ScopeTable Table(string? alias)
    {
        var byName = new Dictionary<string, Expressions.Scalar>();
        foreach (var (value, _) in Items)
            byName.TryAdd(value.Name, value.Scalar);
        return new ScopeTable(alias, [.. byName.Keys], byName.GetValueOrDefault);
    }
}
