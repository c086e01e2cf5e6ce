using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Subqueries in conditions and as values: <c>EXISTS</c> and <c>IN</c> become joins that let rows pass, or not; a value becomes a join with its one row.</summary>
internal sealed class SemiJoinBinder(QueryBinder queries, WithNames? names)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Whether a condition is <c>[NOT] EXISTS</c> or <c>[NOT] IN</c> of a subquery.</summary>
    public static bool IsSemiJoin(ExpressionSyntax condition) =>
        condition is ExistsSyntax or InQuerySyntax or UnarySyntax { Operator: "NOT", Operand: ExistsSyntax or InQuerySyntax };

    /// <summary>The rows of a relation for which the condition is true; null after an error.</summary>
    public Relation? Bind(ExpressionSyntax condition, Relation relation, Scope scope)
    {
        var isNegated = condition is UnarySyntax;
        if (condition is UnarySyntax not)
            condition = not.Operand;
        var correlation = new Correlation(scope);
        if (condition is ExistsSyntax exists)
        {
            return queries.Bind(exists.Query, names, correlation) is { } query
                ? Conjuncts.Join(relation, query.Relation, isNegated ? JoinOutput.Anti : JoinOutput.Semi, [], correlation.Conditions)
                : null;
        }

        var @in = (InQuerySyntax)condition;
        isNegated ^= @in.IsNegated;
        var binder = new ExpressionBinder(scope, queries.Settings, Diagnostics, "WHERE", null);
        var operands = @in.Operands.Select(binder.Bind).ToList();
        if (queries.Bind(@in.Query, names, correlation) is not { } values || operands.Contains(null))
            return null;
        if (values.Items.Count != operands.Count)
        {
            Diagnostics.Error(@in.Query.Span, $"the subquery has {values.Items.Count} columns, and {operands.Count} stand before IN");
            return null;
        }

        var conditions = correlation.Conditions.ToList();
        for (var i = 0; i < operands.Count; i++)
        {
            var item = values.Items[i].Value.Scalar;
            if (binder.Equal(@in.Operands[i].Span, (operands[i]!, @in.Operands[i]), (item, @in.Operands[i])) is not { } equal)
                return null;
            // NOT IN is unknown, and lets nothing pass, where a NULL is on either side.
            conditions.Add(isNegated ? new LogicalScalar(false, equal, new LogicalScalar(false, new IsNullScalar(operands[i]!), new IsNullScalar(item))) : equal);
        }

        return Conjuncts.Join(relation, values.Relation, isNegated ? JoinOutput.Anti : JoinOutput.Semi, [], conditions);
    }

    /// <summary>A subquery as a value; null after an error.</summary>
    public PendingQuery? BindScalar(ScalarQuerySyntax syntax, Scope scope)
    {
        var correlation = new Correlation(scope);
        if (queries.Bind(syntax.Query, names, correlation) is not { } query)
            return null;
        if (query.Items is not [var (value, _)])
        {
            Diagnostics.Error(syntax.Span, $"a subquery as a value has one column; this one has {query.Items.Count}");
            return null;
        }

        var keys = new List<(Scalar Outer, Scalar Inner)>();
        var inner = Conjuncts.Ids(query.Relation);
        foreach (var condition in correlation.Conditions)
        {
            if (condition is CallScalar { Function.Name: "=", Arguments: [var left, var right] } && left.Type.ClrType == right.Type.ClrType && IsInner(left) != IsInner(right))
            {
                keys.Add(IsInner(left) ? (right, left) : (left, right));
                continue;
            }

            Diagnostics.Error(syntax.Span, $"a subquery as a value may use columns of the query around it as 'column = column of the query around it' only; this is {condition}");
            return null;
        }

        var byKeys = keys.Select(k => k.Inner).OfType<ColumnScalar>().Select(c => c.Index).ToHashSet();
        if (!IsOneRow(query.Relation) && !query.Relation.UniqueKeys.Any(byKeys.IsSupersetOf))
        {
            Diagnostics.Error(syntax.Span, "this subquery may have several rows, and as a value it must have one: use an aggregate, such as MAX, without GROUP BY");
            return null;
        }

        if (syntax.Query is not SelectSyntax { GroupBy: [], Having: null } || query.Relation is not AggregateRelation aggregate)
        {
            // No row, no value.
            var column = queries.Ids.New(value.Name, value.Scalar.Type);
            return new PendingQuery(new ProjectRelation(query.Relation, [(column, value.Scalar)]), column.Scalar, keys);
        }

        // Aggregates of no rows are a row all the same here, and COUNT is zero.
        var counts = aggregate.Calls.Where(c => c.Call.Kind == AggregateKind.Count).Select(c => c.Column.Id).ToHashSet();
        var result = value.Scalar.Replace(s => s is ColumnScalar column && counts.Contains(column.Index)
            ? new CoalesceScalar([column, new ConstantScalar(0L, column.Type)], column.Type)
            : null);
        return new PendingQuery(query.Relation, result, keys);

        bool IsInner(Scalar scalar) => RequiredColumns.ColumnsOf(scalar).Any(inner.Contains);
    }

    private static bool IsOneRow(Relation relation) => relation switch
    {
        AggregateRelation aggregate => aggregate.Keys.Count == 0,
        TopNRelation top => top.PartitionBy.Count == 0 && top.From == top.To,
        FilterRelation or ProjectRelation => IsOneRow(relation.Inputs[0]),
        JoinRelation join => IsOneRow(join.Inputs[0]) && IsOneRow(join.Inputs[1]),
        _ => false,
    };
}
