using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;

namespace Serverless.Engine.Plans;

/// <summary>A join of two relations.</summary>
public sealed class JoinRelation : Relation
{
    internal JoinRelation(Relation left, Relation right, JoinOutput kind, IReadOnlyList<(Scalar Left, Scalar Right)> keys, Scalar? condition) =>
        (Inputs, Kind, Keys, Condition) = ([left, right], kind, keys, condition);

    /// <summary>Pairs of expressions, over the left and the right columns, that must be equal.</summary>
    public IReadOnlyList<(Scalar Left, Scalar Right)> Keys { get; }

    /// <summary>What else must be true of a pair; null for nothing.</summary>
    public Scalar? Condition { get; }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => HasRight ? [.. Inputs[0].Columns, .. Inputs[1].Columns] : Inputs[0].Columns;

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs { get; }

    /// <inheritdoc />
    public override bool IsAppendOnly => Kind == JoinOutput.Inner && Inputs[0].IsAppendOnly && Inputs[1].IsAppendOnly;

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys
    {
        get
        {
            var (left, right) = (Inputs[0].UniqueKeys, Inputs[1].UniqueKeys);
            if (!HasRight)
                return left;
            var keys = new List<IReadOnlySet<int>>();
            // A row that matches one row at most stays one row.
            if (Kind is JoinOutput.Inner or JoinOutput.Left && IsUniqueBy(1))
                keys.AddRange(left);
            if (Kind is JoinOutput.Inner or JoinOutput.Right && IsUniqueBy(0))
                keys.AddRange(right);
            keys.AddRange(left.SelectMany(_ => right, (l, r) => l.Union(r).ToHashSet()));
            return keys;
        }
    }

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => !HasRight ? Inputs[0].Order
        : Kind == JoinOutput.Inner && Inputs[0].Order.Count > 0 && Inputs[1].Order.Count > 0 ? [.. Inputs[0].Order, .. Inputs[1].Order]
        : [];

    /// <inheritdoc />
    public override IEnumerable<(int Left, int Right)> Equalities
    {
        get
        {
            var equalities = Inputs[0].Equalities;
            if (!HasRight)
                return equalities;
            equalities = equalities.Concat(Inputs[1].Equalities);
            return Kind == JoinOutput.Inner ? equalities.Concat(Keys.Where(k => k is (ColumnScalar, ColumnScalar)).Select(k => (((ColumnScalar)k.Left).Index, ((ColumnScalar)k.Right).Index))) : equalities;
        }
    }

    /// <inheritdoc />
    public override IEnumerable<Scalar> Expressions => Keys.SelectMany(k => new[] { k.Left, k.Right }).Concat(Condition is null ? [] : [Condition]);

    internal JoinOutput Kind { get; }

    private bool HasRight => Kind is not (JoinOutput.Semi or JoinOutput.Anti);

    private bool IsUniqueBy(int side)
    {
        var joined = Keys.Select(k => side == 0 ? k.Left : k.Right).OfType<ColumnScalar>().Select(c => c.Index).ToHashSet();
        return Inputs[side].UniqueKeys.Any(joined.IsSupersetOf);
    }
}
