using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>CROSS JOIN LATERAL (query)</c>, <c>LEFT JOIN LATERAL (query) ON TRUE</c>: a subquery that may use the columns on its left.</summary>
internal sealed class LateralBinder(QueryBinder queries, FromBinder from, WithNames? names)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds it beside the rows on its left; null after an error.</summary>
    public BoundFrom? Bind(BoundFrom left, FromQuerySyntax lateral, JoinSyntax join)
    {
        if (join.Kind is not (JoinKind.Cross or JoinKind.Inner or JoinKind.Left))
            return Error(join.Span, "LATERAL stands behind a comma, CROSS JOIN, JOIN or LEFT JOIN: its rows are made for those on the left");
        if (join.Using is not null || (join.On is not null && join.On is not LiteralSyntax { Kind: LiteralKind.Boolean, Text: "TRUE" }))
            return Error(join.Right.Span, "a join with LATERAL takes ON TRUE; put the condition into the subquery's WHERE");
        var correlation = new Correlation(new Scope(left.Tables)) { IsInSelect = true };
        var errors = Diagnostics.Errors;
        if (queries.Bind(lateral.Query, names, correlation) is not { } query)
            return Diagnostics.Errors > errors ? null : Error(lateral.Span, "this subquery cannot use the columns on its left");

        var ofLeft = Conjuncts.Ids(left.Relation);
        var isOfLeft = query.Items.Any(i => RequiredColumns.ColumnsOf(i.Value.Scalar).Any(ofLeft.Contains));
        if (isOfLeft && join.Kind == JoinKind.Left)
            return Error(lateral.Span, "LEFT JOIN LATERAL takes a subquery that uses the columns on its left in WHERE only: move the expressions out of it, or write CROSS JOIN LATERAL");

        // Without FROM it is an expression of the row on the left.
        if (lateral.Query is SelectSyntax { From: null } && query.Relation is ScanRelation && query.Items.All(i => RequiredColumns.ColumnsOf(i.Value.Scalar).All(ofLeft.Contains)))
            return Beside(Conjuncts.Filter(left.Relation, correlation.Conditions), query);

        // The aggregates of no rows are a row, too, in which COUNT is zero.
        if (IsWhole(lateral.Query) && query.Relation is AggregateRelation aggregate)
        {
            var counts = aggregate.Calls.Where(c => c.Call.Kind == AggregateKind.Count).Select(c => c.Column.Id).ToHashSet();
            query = query with
            {
                Items = [.. query.Items.Select(i => (i.Value with
                {
                    Scalar = i.Value.Scalar.Replace(s => s is ColumnScalar column && counts.Contains(column.Index) ? new CoalesceScalar([column, new ConstantScalar(0L, column.Type)], column.Type) : null),
                }, i.Span))],
            };
            return Beside(Conjuncts.Join(left.Relation, query.Relation, JoinOutput.Left, [], correlation.Conditions), query);
        }

        if (join.Kind == JoinKind.Left)
        {
            // NULL where there is no row, whatever the expressions would make of NULLs.
            var own = query.Items.Select(i => (Column: queries.Ids.New(i.Value.Name, i.Value.Scalar.Type), i.Value.Scalar)).ToList();
            var project = new ProjectRelation(query.Relation, own);
            query = new BoundQuery(project, [.. query.Items.Select((i, at) => (i.Value with { Scalar = own[at].Column.Scalar }, i.Span))]);
        }

        return Beside(Conjuncts.Join(left.Relation, query.Relation, join.Kind == JoinKind.Left ? JoinOutput.Left : JoinOutput.Inner, [], correlation.Conditions), query);

        BoundFrom? Beside(Relation relation, BoundQuery items) =>
            from.Named(items with { Relation = relation }, lateral.Alias, null) is { } named ? named with { Tables = [.. left.Tables, .. named.Tables] } : null;
    }

    private static bool IsWhole(QuerySyntax query) =>
        query is SelectSyntax { GroupBy: [], Having: null, IsDistinct: false } select && select.Items.OfType<SelectExpressionSyntax>().Any(i => ExpressionBinder.HasAggregate(i.Expression));

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }
}
