using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Whether expressions tell the rows of a query apart.</summary>
internal static class UniqueRows
{
    /// <summary>Whether no two rows have the same values of some expressions.</summary>
    public static bool Are(Relation relation, IReadOnlyList<Scalar> key)
    {
        var times = WindowTimes.Of(relation);
        var known = key.Select(k => Kept(k, times)).OfType<int>().ToHashSet();
        // What equals a column of the key, or follows from it, is known by it.
        var equalities = RequiredColumns.InputsFirst(relation).SelectMany(r => r.Equalities).Distinct().ToList();
        var dependencies = RequiredColumns.InputsFirst(relation).SelectMany(r => r.Dependencies).ToList();
        for (var grown = true; grown;)
        {
            grown = false;
            foreach (var (from, to) in dependencies)
                grown |= known.IsSupersetOf(from) && known.Add(to);
            foreach (var (left, right) in equalities)
                if (known.Contains(left) != known.Contains(right))
                    grown |= known.Add(left) | known.Add(right);
        }

        return relation.UniqueKeys.Any(known.IsSupersetOf) || AreRanked(relation, key, known);
    }

    // A row is known by its partition and its place in it, whatever the partition is made of.
    private static bool AreRanked(Relation relation, IReadOnlyList<Scalar> key, HashSet<int> known)
    {
        while (relation is FilterRelation or ProjectRelation)
            relation = relation.Inputs[0];
        return relation switch
        {
            TopNRelation top => (top.From == top.To || known.Contains(top.Number.Id)) && top.PartitionBy.All(IsKnown),
            OverRelation { Number: { } number } over => known.Contains(number.Id) && over.PartitionBy.All(IsKnown),
            _ => false,
        };

        bool IsKnown(Scalar part) => OneToOne.Under(part) is var under && (under is ColumnScalar column ? known.Contains(column.Index) : key.Any(k => OneToOne.Under(k) == under));
    }

    /// <summary>The column whose values an expression tells apart; null if it may make one value of two.</summary>
    public static int? Kept(Scalar scalar, IReadOnlyList<WindowTime> times) =>
        (OneToOne.Under(scalar) as ColumnScalar ?? WindowTimes.Told(scalar, times))?.Index;
}
