using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Conditions that are joined by AND, each put where it costs least: to the keys of a join, or in front of it.</summary>
internal static class Conjuncts
{
    /// <summary>The parts of a condition.</summary>
    public static IEnumerable<Scalar> Of(Scalar? condition) => condition switch
    {
        null => [],
        LogicalScalar { IsAnd: true } and => Of(and.Left).Concat(Of(and.Right)),
        _ => [condition],
    };

    /// <summary>The condition that all parts are true; null without one.</summary>
    public static Scalar? And(IEnumerable<Scalar> parts) =>
        parts.Aggregate((Scalar?)null, (all, part) => all is null ? part : new LogicalScalar(true, all, part));

    /// <summary>The rows of a relation for which all parts are true.</summary>
    public static Relation Filter(Relation relation, IEnumerable<Scalar> conjuncts)
    {
        var parts = conjuncts.ToList();
        if (parts.Count == 0)
            return relation;
        if (relation is FilterRelation below)
            return Filter(below.Inputs[0], Of(below.Condition).Concat(parts));
        if (relation is OverRelation over && Ranking.Filter(over, parts) is { } ranked)
            return ranked;
        if (relation is JoinRelation { Kind: JoinOutput.Inner } join)
            return Join(join.Inputs[0], join.Inputs[1], JoinOutput.Inner, join.Keys, Of(join.Condition).Concat(parts));
        if (relation is JoinRelation { Kind: JoinOutput.Left or JoinOutput.Semi or JoinOutput.Anti } outer)
        {
            var left = Ids(outer.Inputs[0]);
            var early = parts.Where(p => IsOver(p, left)).ToList();
            if (early.Count > 0)
            {
                relation = new JoinRelation(Filter(outer.Inputs[0], early), outer.Inputs[1], outer.Kind, outer.Keys, outer.Condition);
                parts = [.. parts.Except(early)];
            }
        }

        if (relation is LookupJoinRelation lookup)
        {
            // What is not needed is not asked for.
            var left = Ids(lookup.Inputs[0]);
            var early = parts.Where(p => IsOver(p, left)).ToList();
            if (early.Count > 0)
            {
                relation = new LookupJoinRelation(Filter(lookup.Inputs[0], early), lookup.Right, lookup.Keys, lookup.Condition, lookup.IsOuter);
                parts = [.. parts.Except(early)];
            }
        }

        return And(parts) is { } condition ? new FilterRelation(relation, condition) : relation;
    }

    /// <summary>A join whose condition is that all parts are true.</summary>
    public static JoinRelation Join(Relation left, Relation right, JoinOutput kind, IEnumerable<(Scalar Left, Scalar Right)> keys, IEnumerable<Scalar> conjuncts)
    {
        var (ofLeft, ofRight) = (Ids(left), Ids(right));
        var (allKeys, early, rest) = (keys.ToList(), (Left: new List<Scalar>(), Right: new List<Scalar>()), new List<Scalar>());
        foreach (var part in conjuncts)
        {
            if (kind is JoinOutput.Inner or JoinOutput.Right && IsOver(part, ofLeft))
                early.Left.Add(part);
            else if (kind is JoinOutput.Inner or JoinOutput.Left or JoinOutput.Semi or JoinOutput.Anti && IsOver(part, ofRight))
                early.Right.Add(part);
            else if (KeyOf(part, ofLeft, ofRight) is { } key)
                allKeys.Add(key);
            else
                rest.Add(part);
        }

        return new JoinRelation(Filter(left, early.Left), Filter(right, early.Right), kind, allKeys, And(rest));
    }

    /// <summary>The two sides of an equality of one relation's values with another's; null if it is none.</summary>
    public static (Scalar Left, Scalar Right)? KeyOf(Scalar part, IReadOnlySet<int> left, IReadOnlySet<int> right)
    {
        if (part is not CallScalar { Function.Name: "=", Arguments: [var first, var second] } || first.Type.ClrType != second.Type.ClrType)
            return null;
        if (HasColumns(first) && HasColumns(second))
        {
            if (IsOver(first, left) && IsOver(second, right))
                return (first, second);
            if (IsOver(second, left) && IsOver(first, right))
                return (second, first);
        }

        return null;
    }

    /// <summary>The columns of a relation.</summary>
    public static IReadOnlySet<int> Ids(Relation relation) => relation.Columns.Select(c => c.Id).ToHashSet();

    private static bool HasColumns(Scalar scalar) => scalar.Any(s => s is ColumnScalar);

    private static bool IsOver(Scalar scalar, IReadOnlySet<int> columns) =>
        HasColumns(scalar) && RequiredColumns.ColumnsOf(scalar).All(columns.Contains);
}
