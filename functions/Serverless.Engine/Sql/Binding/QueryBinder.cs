using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Queries to relations: views and subqueries are unfolded until one source table, one grouping and one list of outputs are left.</summary>
internal sealed class QueryBinder(ScriptScope scope, JobSettings settings, Diagnostics diagnostics)
{
    /// <summary>Binds a query; null after an error.</summary>
    public (Relation Relation, IReadOnlyList<(NamedScalar Value, TextSpan Span)> Items)? Bind(QuerySyntax syntax)
    {
        if (syntax is not SelectSyntax { From: { } source } query)
        {
            diagnostics.Error(syntax.Span, syntax switch
            {
                SetOperationSyntax => "UNION, INTERSECT and EXCEPT are not bound yet",
                WithSyntax => "WITH is not bound yet",
                OrderedSyntax => "ORDER BY and LIMIT are not bound yet",
                ValuesSyntax => "VALUES is not bound yet",
                _ => "SELECT without FROM is not bound yet",
            });
            return null;
        }

        if (query.Windows.Count > 0 || query.Qualify is not null)
        {
            diagnostics.Error(query.Qualify?.Span ?? query.Windows[0].Span, "WINDOW and QUALIFY are not bound yet");
            return null;
        }

        if (query.GroupBy.FirstOrDefault(item => item is not GroupExpressionSyntax) is { } sets)
        {
            diagnostics.Error(sets.Span, "GROUPING SETS are not bound yet");
            return null;
        }

        var input = From(source);
        if (input is null)
            return null;

        var where = query.Where is null ? null : new ExpressionBinder(input, settings, diagnostics, "WHERE", null).BindCondition(query.Where);
        if (query.Where is not null && where is null)
            return null;

        var aggregates = query.GroupBy.Count > 0 || query.IsDistinct || query.Having is not null
            || query.Items.OfType<SelectExpressionSyntax>().Any(i => ExpressionBinder.HasAggregate(i.Expression));
        if (!aggregates)
            return Project(query, input, where);
        if (input.Grouping is not null)
        {
            diagnostics.Error(query.GroupBy.Count > 0 ? query.GroupBy[0].Span : query.Items[0].Span, "the view or subquery is aggregated already; aggregating twice is not supported");
            return null;
        }

        return Aggregate(query, input with { Filter = And(input.Filter, where) });
    }

    private static Scalar? And(Scalar? left, Scalar? right) =>
        left is null ? right : right is null ? left : new LogicalScalar(true, left, right);

    private (Relation, IReadOnlyList<(NamedScalar, TextSpan)>)? Project(SelectSyntax query, Relation input, Scalar? where)
    {
        var binder = new ExpressionBinder(input, settings, diagnostics, "SELECT", null);
        if (Items(query, input, binder) is not { } items)
            return null;
        // A condition on the rows of an aggregated view is a HAVING.
        var relation = input.Grouping is { } grouping
            ? input with { Grouping = grouping with { Having = And(grouping.Having, where) } }
            : input with { Filter = And(input.Filter, where) };
        return (Named(relation, items), items);
    }

    private (Relation, IReadOnlyList<(NamedScalar, TextSpan)>)? Aggregate(SelectSyntax query, Relation input)
    {
        var keys = new List<NamedScalar>();
        var failed = false;
        foreach (var syntax in query.GroupBy.Cast<GroupExpressionSyntax>().Select(item => item.Expression))
        {
            if (syntax is LiteralSyntax { Kind: LiteralKind.Number })
            {
                diagnostics.Error(syntax.Span, "GROUP BY takes expressions, not positions");
                failed = true;
                continue;
            }

            var key = new ExpressionBinder(input, settings, diagnostics, "GROUP BY", null).Bind(syntax);
            failed |= key is null;
            if (key is not null && !keys.Exists(k => k.Scalar.Equals(key)))
                keys.Add(new NamedScalar(key is ColumnScalar column ? column.Name : diagnostics.Source[syntax.Span].ReplaceLineEndings(" "), key));
        }

        var aggregates = new List<AggregateCall>();
        var items = Items(query, input, new ExpressionBinder(input, settings, diagnostics, "SELECT", aggregates));
        var having = query.Having is null ? null : new ExpressionBinder(input, settings, diagnostics, "HAVING", aggregates).BindCondition(query.Having);
        if (failed || items is null || (query.Having is not null && having is null))
            return null;

        if (query.IsDistinct)
        {
            if (keys.Count > 0 || aggregates.Count > 0)
            {
                diagnostics.Error(query.Items[0].Span, "SELECT DISTINCT together with GROUP BY or aggregates is not supported; leave DISTINCT out, every group has one row");
                return null;
            }

            keys = [.. items.Select(i => i.Value)];
        }

        var rows = items.ConvertAll(i => (i.Value with { Scalar = OverGroup(i.Value.Scalar, keys) }, i.Span));
        var condition = having is null ? null : OverGroup(having, keys);
        foreach (var scalar in rows.Select(r => r.Item1.Scalar).Append(condition))
            failed |= scalar is not null && ReportUngrouped(scalar);
        if (failed)
            return null;

        var relation = input with { Grouping = new Grouping(keys, aggregates, condition) };
        return (Named(relation, rows), rows);
    }

    /// <summary>Keys in the place of what equals them.</summary>
    private static Scalar OverGroup(Scalar scalar, List<NamedScalar> keys) => scalar.Replace(s =>
    {
        var index = keys.FindIndex(k => k.Scalar.Equals(s));
        return index < 0 ? null : new KeyScalar(index, keys[index].Name, s.Type);
    });

    private bool ReportUngrouped(Scalar scalar)
    {
        if (scalar is ColumnScalar column)
            diagnostics.Error(column.Span, $"column '{column.Name}' stands neither in GROUP BY nor inside an aggregate; a group has many values of it: use LAST_VALUE({column.Name}) or group by it");
        // Every one of them is reported, not just the first.
        var below = scalar.Children.Select(ReportUngrouped).ToList();
        return scalar is ColumnScalar || below.Contains(true);
    }

    private List<(NamedScalar Value, TextSpan Span)>? Items(SelectSyntax query, Relation input, ExpressionBinder binder)
    {
        var items = new List<(NamedScalar, TextSpan)>();
        var failed = false;
        foreach (var item in query.Items)
        {
            if (item is SelectStarSyntax star)
            {
                if (star.Qualifier is { } qualifier && qualifier.Text != input.Alias)
                {
                    diagnostics.Error(qualifier.Span, $"unknown table '{qualifier.Text}'");
                    failed = true;
                }

                foreach (var name in input.Columns)
                    items.Add((new NamedScalar(name, input.Find(name) is ColumnScalar column ? column with { Span = star.Span } : input.Find(name)!), star.Span));
                continue;
            }

            var (expression, alias) = ((SelectExpressionSyntax)item).Expression is var e ? (e, ((SelectExpressionSyntax)item).Alias) : default;
            if (binder.Bind(expression) is not { } scalar)
            {
                failed = true;
                continue;
            }

            items.Add((new NamedScalar(alias?.Text ?? (expression as NameSyntax)?.Parts[^1].Text ?? diagnostics.Source[expression.Span].ReplaceLineEndings(" "), scalar), expression.Span));
        }

        return failed ? null : items;
    }

    private static Relation Named(Relation relation, IReadOnlyList<(NamedScalar Value, TextSpan Span)> items)
    {
        var byName = new Dictionary<string, Scalar>();
        foreach (var (value, _) in items)
            byName.TryAdd(value.Name, value.Scalar);
        return relation with { Find = byName.GetValueOrDefault, Columns = [.. byName.Keys], Alias = null };
    }

    private Relation? From(FromSyntax input)
    {
        if (input is FromQuerySyntax { IsLateral: false, Alias: null or { Columns: null } } sub)
            return Bind(sub.Query)?.Relation is { } inner ? inner with { Alias = sub.Alias?.Name.Text } : null;
        if (input is not FromTableSyntax { SystemTime: null, Hints: [], Alias: null or { Columns: null } } from)
        {
            diagnostics.Error(input.Span, input switch
            {
                JoinSyntax => "joins are not bound yet",
                FromFunctionSyntax => "table functions are not bound yet",
                FromUnnestSyntax => "UNNEST is not bound yet",
                FromTableSyntax { SystemTime: not null } => "FOR SYSTEM_TIME AS OF is not bound yet",
                FromTableSyntax { Hints: not [] } => "hints are not bound yet",
                _ => "LATERAL and the columns of an alias are not bound yet",
            });
            return null;
        }

        var name = from.Name;
        var alias = from.Alias?.Name.Text ?? name.Text;
        if (scope.Views.TryGetValue(name.Text, out var view))
        {
            if (Bind(view.Query) is not { } bound)
                return null;
            var (relation, items) = bound;
            if (view.Columns is { } columns)
            {
                if (columns.Count != items.Count)
                {
                    diagnostics.Error(view.Name.Span, $"view '{view.Name.Text}' names {columns.Count} columns; its query has {items.Count}");
                    return null;
                }

                relation = Named(relation, [.. items.Select((item, i) => (item.Value with { Name = columns[i].Text }, item.Span))]);
            }

            return relation with { Alias = alias };
        }

        if (scope.FindTable(name, diagnostics) is not { } table)
            return null;
        return Table(table) with { Alias = alias };
    }

    private Relation Table(ScriptTable table)
    {
        var fields = new SourceFields(table.Definition);
        var physical = new Relation
        {
            Source = fields,
            Find = column => table.Definition.Columns.FirstOrDefault(c => c.Name == column) is { } found ? fields.Use([column], found.Type) : null,
            Columns = [.. table.Definition.Columns.Select(c => c.Name)],
        };
        if (table.Computed.Count == 0)
            return physical;
        // Computed columns see the physical ones only, as in Flink, and cost nothing where nobody names them.
        var binder = new ExpressionBinder(physical, settings, diagnostics, "a computed column", null);
        return physical with
        {
            Find = column => physical.Find(column) ?? (table.Computed.FirstOrDefault(c => c.Name.Text == column) is { } computed ? binder.Bind(computed.Expression) : null),
            Columns = table.ColumnOrder,
        };
    }
}
