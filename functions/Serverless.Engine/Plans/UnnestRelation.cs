using Serverless.Engine.Expressions;

namespace Serverless.Engine.Plans;

/// <summary><c>UNNEST</c>: a row for each element of an array, a map or a multiset of each row.</summary>
public sealed class UnnestRelation : Relation
{
    internal UnnestRelation(Relation input, Scalar collection, IReadOnlyList<PlanColumn> elements, PlanColumn? ordinality, bool isOuter) =>
        (Inputs, Collection, Elements, Ordinality, IsOuter) = ([input], collection, elements, ordinality, isOuter);

    /// <summary>What is taken apart.</summary>
    public Scalar Collection { get; }

    /// <summary>The element, or its fields, or a map's key and value.</summary>
    public IReadOnlyList<PlanColumn> Elements { get; }

    /// <summary>The element's place, from 1; null if nobody asks for it.</summary>
    public PlanColumn? Ordinality { get; }

    /// <summary>Whether a row without elements stays, with NULL for them.</summary>
    public bool IsOuter { get; }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => Ordinality is null ? [.. Inputs[0].Columns, .. Elements] : [.. Inputs[0].Columns, .. Elements, Ordinality];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; }

    /// <inheritdoc />
    public override bool IsAppendOnly => Inputs[0].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => Ordinality is null ? [] : [.. Inputs[0].UniqueKeys.Select(k => k.Append(Ordinality.Id).ToHashSet())];

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => Inputs[0].Order;

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => [Collection];
}
