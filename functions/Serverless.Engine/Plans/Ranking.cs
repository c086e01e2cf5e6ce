using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;

namespace Serverless.Engine.Plans;

/// <summary>The rewrite of a condition on a row's number: what is behind the last place need not be kept.</summary>
internal static class Ranking
{
    /// <summary>The rows of a window's partitions for which conditions are true: from one place to another, if the conditions say so of the number.</summary>
    public static Relation? Filter(OverRelation over, List<Scalar> conditions)
    {
        if (over.Calls is not [({ } number, { Function: OverFunction.RowNumber })])
            return null;
        var (from, to, rest) = (1L, long.MaxValue, new List<Scalar>());
        foreach (var condition in conditions)
        {
            if (BoundOf(condition, number) is not var (op, bound))
            {
                rest.Add(condition);
                continue;
            }

            if (op is "=" or ">=" or ">")
                from = Math.Max(from, op == ">" ? bound + 1 : bound);
            if (op is "=" or "<=" or "<")
                to = Math.Min(to, op == "<" ? bound - 1 : bound);
        }

        if (to == long.MaxValue || to < from)
            return null;
        Relation result = new TopNRelation(over.Inputs[0], over.PartitionBy, over.OrderBy, from, to, number);
        foreach (var condition in rest)
            result = new FilterRelation(result, condition);
        return result;
    }

    private static (string Operator, long Bound)? BoundOf(Scalar condition, PlanColumn number)
    {
        if (condition is not CallScalar { Function.Name: "=" or "<" or "<=" or ">" or ">=", Arguments: [var left, var right] } call)
            return null;
        if (left is ColumnScalar column && column.Index == number.Id && right is ConstantScalar { Value: long bound })
            return (call.Function.Name, bound);
        if (right is ColumnScalar other && other.Index == number.Id && left is ConstantScalar { Value: long least })
            return (call.Function.Name switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", var same => same }, least);
        return null;
    }
}
