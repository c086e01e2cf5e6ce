using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Whether expressions tell the rows of a query apart.</summary>
internal static class UniqueRows
{
    /// <summary>Whether no two rows have the same values of some expressions.</summary>
    public static bool Are(Relation relation, IEnumerable<Scalar> key)
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

        return relation.UniqueKeys.Any(known.IsSupersetOf);
    }

    /// <summary>The column whose values an expression tells apart; null if it may make one value of two.</summary>
    public static int? Kept(Scalar scalar, IReadOnlyList<WindowTime> times) =>
        (OneToOne.Under(scalar) as ColumnScalar ?? WindowTimes.Told(scalar, times))?.Index;
}
