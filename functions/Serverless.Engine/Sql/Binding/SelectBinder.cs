using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>One <c>SELECT</c>, in the order in which SQL says it is evaluated: FROM, WHERE, GROUP BY, HAVING, window functions, DISTINCT.</summary>
/// <param name="queries">Binds subqueries.</param>
/// <param name="names">The queries that WITH names.</param>
/// <param name="outer">What it may use of the query around it.</param>
internal sealed class SelectBinder(QueryBinder queries, WithNames? names, Correlation? outer)
{
    private readonly Dictionary<PendingQuery, Scalar> _values = [];
    private readonly Dictionary<int, PlanColumn> _overs = [];

    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>What rows are ordered by that the select list does not name; items for it stand behind the others.</summary>
    public IReadOnlyList<ExpressionSyntax> OrderBy { get; init; } = [];

    /// <summary>Binds it; null after an error.</summary>
    public BoundQuery? Bind(SelectSyntax select)
    {
        foreach (var hint in select.Hints)
        {
            if (hint.Name.Text.Equals("STATE_TTL", StringComparison.OrdinalIgnoreCase))
                Diagnostics.Warning(hint.Span, "the hint STATE_TTL is not applied: state is kept for ever, and rows are of all records");
            else
                Diagnostics.Notice(hint.Span, $"the hint {hint.Name.Text.ToUpperInvariant()} means nothing here and is ignored");
        }

        if ((select.From is null ? new BoundFrom(queries.OneRow(select.Span), []) : new FromBinder(queries, names).Bind(select.From)) is not { } from)
            return null;
        var scope = new Scope(from.Tables, outer?.Scope) { SelectAliases = select.Items.OfType<SelectExpressionSyntax>().Select(i => i.Alias?.Text).OfType<string>().ToHashSet() };
        // What is wrong in WHERE does not hide what is wrong elsewhere.
        var filtered = Where(select.Where, from.Relation, scope);
        var relation = filtered ?? from.Relation;

        var aggregates = select.GroupBy.Count > 0 || select.Having is not null
            || select.Items.OfType<SelectExpressionSyntax>().Any(i => ExpressionBinder.HasAggregate(i.Expression)) || ExpressionBinder.HasAggregate(select.Qualify);
        var query = aggregates ? Aggregate(select, relation, scope) : Project(select, relation, scope);
        if (query is null || filtered is null)
            return null;
        // LATERAL has its rows beside those of the query around it, unless they are made of several.
        if ((outer?.IsInSelect != true || aggregates || select.IsDistinct) && scope.OuterColumns.Count > 0 && query.Items.Any(i => UsesOuter(i.Value.Scalar, scope)))
        {
            Diagnostics.Error(select.Items[0].Span, outer?.IsInSelect == true ? "a subquery with an aggregate or DISTINCT may use columns of the query around it in WHERE only" : "a subquery may use columns of the query around it in WHERE only");
            return null;
        }

        return select.IsDistinct ? Distinct(query, select.Span) : query;
    }

    private static bool UsesOuter(Scalar scalar, Scope scope) => RequiredColumns.ColumnsOf(scalar).Any(scope.OuterColumns.Contains);

    private Relation? Where(ExpressionSyntax? where, Relation relation, Scope scope)
    {
        var conditions = new List<Scalar>();
        var failed = false;
        foreach (var part in Parts(where))
        {
            if (SemiJoinBinder.IsSemiJoin(part))
            {
                // The conditions before it come first: fewer rows to join.
                relation = Conjuncts.Filter(relation, conditions);
                conditions.Clear();
                if (new SemiJoinBinder(queries, names).Bind(part, relation, scope) is { } joined)
                    relation = joined;
                else
                    failed = true;
                continue;
            }

            var pending = Pending(scope);
            var binder = new ExpressionBinder(scope, queries.Settings, Diagnostics, "WHERE", null) { RecordTimestamp = Timestamp(relation), RecordIdentity = Identity(relation), Pending = pending };
            if (binder.BindCondition(part) is not { } condition)
            {
                failed = true;
                continue;
            }

            relation = JoinQueries(relation, pending);
            condition = Resolved(condition, pending);
            foreach (var conjunct in Conjuncts.Of(condition))
            {
                if (UsesOuter(conjunct, scope))
                    outer!.Conditions.Add(conjunct);
                else
                    conditions.Add(conjunct);
            }
        }

        return failed ? null : Conjuncts.Filter(relation, conditions);
    }

    /// <summary>The parts of a condition that are joined by AND.</summary>
    private static IEnumerable<ExpressionSyntax> Parts(ExpressionSyntax? where) => where switch
    {
        null => [],
        BinarySyntax { Operator: "AND" } and => Parts(and.Left).Concat(Parts(and.Right)),
        _ => [where],
    };

    /// <summary>The timestamp of the record that a row is made of; null if it is made of several.</summary>
    internal static Scalar? Timestamp(Relation relation) => relation switch
    {
        ScanRelation scan => scan.Timestamp,
        FilterRelation or ProjectRelation or WindowRelation or LookupJoinRelation => Timestamp(relation.Inputs[0]),
        _ => null,
    };

    /// <summary>What the record is known by that a row is made of; null if it is made of several, or one of several of a record.</summary>
    private static Func<IReadOnlyList<Scalar>>? Identity(Relation relation) => relation switch
    {
        ScanRelation scan => () => scan.Identity,
        FilterRelation or ProjectRelation => Identity(relation.Inputs[0]),
        _ => null,
    };

    private PendingScalars Pending(Scope scope) => new(query => new SemiJoinBinder(queries, names).BindScalar(query, scope));

    private BoundQuery? Project(SelectSyntax select, Relation relation, Scope scope)
    {
        var pending = Pending(scope);
        var binder = new ExpressionBinder(scope, queries.Settings, Diagnostics, "SELECT", null) { Pending = pending, NamedWindows = select.Windows, RecordTimestamp = Timestamp(relation), RecordIdentity = Identity(relation) };
        var items = Items(select, scope, binder);
        var qualify = Qualify(select, scope, null, pending, relation);
        if (items is null || (select.Qualify is not null && qualify is null))
            return null;
        return Finished(relation, items, qualify, pending);
    }

    private Scalar? Qualify(SelectSyntax select, Scope scope, List<AggregateCall>? aggregates, PendingScalars pending, Relation relation) => select.Qualify is null
        ? null
        : new ExpressionBinder(scope, queries.Settings, Diagnostics, "QUALIFY", aggregates) { Pending = pending, NamedWindows = select.Windows, RecordTimestamp = Timestamp(relation) }.BindCondition(select.Qualify);

    /// <summary>Gives window functions and subqueries their columns.</summary>
    private BoundQuery Finished(Relation relation, List<(NamedScalar Value, TextSpan Span)> items, Scalar? qualify, PendingScalars pending)
    {
        relation = JoinQueries(relation, pending);
        relation = AddOvers(relation, pending);
        if (qualify is not null)
            relation = Conjuncts.Filter(relation, Conjuncts.Of(Resolved(qualify, pending)));
        return new BoundQuery(relation, items.ConvertAll(i => (i.Value with { Scalar = Resolved(i.Value.Scalar, pending) }, i.Span)));
    }

    private Relation JoinQueries(Relation relation, PendingScalars pending)
    {
        foreach (var query in pending.Queries.Where(q => !_values.ContainsKey(q)))
        {
            var keys = query.Keys.Select(k => (Resolved(k.Outer, pending), k.Inner)).ToList();
            relation = new JoinRelation(relation, query.Relation, JoinOutput.Left, keys, null);
            _values.Add(query, query.Value);
        }

        return relation;
    }

    private Relation AddOvers(Relation relation, PendingScalars pending)
    {
        var calls = pending.Overs.Select((over, i) => (over, Column: queries.Ids.New(over.Call.Text, over.Type), i)).ToList();
        foreach (var window in calls.GroupBy(c => c.over.Window))
        {
            Scalar R(Scalar scalar) => Resolved(scalar, pending);
            var resolved = window.Select(c => (c.Column, c.over.Call with
            {
                Aggregate = c.over.Call.Aggregate is { Argument: { } argument } aggregate ? aggregate with { Argument = R(argument) } : c.over.Call.Aggregate,
                Argument = c.over.Call.Argument is { } value ? R(value) : null,
                Default = c.over.Call.Default is { } fallback ? R(fallback) : null,
            })).ToList();
            relation = new OverRelation(
                relation,
                [.. window.Key.PartitionBy.Select(R)],
                [.. window.Key.OrderBy.Select(o => o with { Scalar = R(o.Scalar) })],
                resolved);
            foreach (var (_, column, i) in window)
                _overs[i] = column;
        }

        return relation;
    }

    private Scalar Resolved(Scalar scalar, PendingScalars pending) => scalar.Replace(s => s switch
    {
        PendingScalar { Index: < 0 } query => _values[pending.Queries[-query.Index - 1]],
        PendingScalar over when _overs.TryGetValue(over.Index, out var column) => column.Scalar,
        _ => null,
    });

    private BoundQuery? Distinct(BoundQuery query, TextSpan span)
    {
        query = query with { Items = [.. query.Items.Select(i => (i.Value with { Scalar = RowScalar.Whole(i.Value.Scalar) }, i.Span))] };
        var keys = query.Items.Select(i => (Column: queries.Ids.New(i.Value.Name, i.Value.Scalar.Type), i.Value.Scalar)).ToList();
        if (outer is { Conditions.Count: > 0 })
        {
            // What the query around it asks for stays a column.
            if (outer.InnerSides(query.Relation, "DISTINCT", span, Diagnostics) is not { } sides)
                return null;
            keys.AddRange(sides.Select(s => (queries.Ids.New(s.ToString()!, s.Type), s)));
            for (var i = 0; i < outer.Conditions.Count; i++)
                outer.Conditions[i] = outer.Conditions[i].Replace(s => keys.Find(k => k.Scalar.Equals(s)).Column?.Scalar);
        }

        // Equal expressions are one key.
        var distinct = keys.Where((k, i) => keys.FindIndex(o => o.Scalar.Equals(k.Scalar)) == i).ToList();
        return new BoundQuery(
            new AggregateRelation(query.Relation, distinct, []),
            [.. query.Items.Select(i => (i.Value with { Scalar = distinct.Find(k => k.Scalar.Equals(i.Value.Scalar)).Column.Scalar }, i.Span))]);
    }

    private BoundQuery? Aggregate(SelectSyntax select, Relation relation, Scope scope)
    {
        var grouping = new GroupBinder(queries, scope);
        if (grouping.Bind(select, relation, Timestamp(relation)) is not { } groups)
        {
            // The items are still looked at, unless they may need the window that there is not.
            if (!select.GroupBy.Any(i => i is GroupExpressionSyntax { Expression: CallSyntax call } && GroupBinder.IsWindow(call.Name.Text)))
                Items(select, scope, new ExpressionBinder(scope, queries.Settings, Diagnostics, "SELECT", []) { Pending = Pending(scope), NamedWindows = select.Windows, RecordTimestamp = Timestamp(relation) });
            return null;
        }

        relation = groups.Relation;

        var aggregates = new List<AggregateCall>();
        var pending = Pending(scope);
        ExpressionBinder Binder(string place) =>
            new(scope, queries.Settings, Diagnostics, place, aggregates) { Pending = pending, NamedWindows = select.Windows, Window = groups.Window, RecordTimestamp = Timestamp(relation), RecordIdentity = Identity(relation), GroupIdentity = () => [.. groups.Keys.Select(k => k.Written)], Grouping = groups.GroupingOf };
        var items = Items(select, scope, Binder("SELECT"));
        var having = select.Having is null ? null : Binder("HAVING").BindCondition(select.Having);
        var qualify = Qualify(select, scope, aggregates, pending, relation);
        if (items is null || (select.Having is not null && having is null) || (select.Qualify is not null && qualify is null))
            return null;

        // The end of a window follows from its start.
        IReadOnlyList<GroupKey> keys = [.. groups.Keys.Where(k => k.Scalar is not CallScalar { Function.Name: "WINDOW_END", Arguments: [var start] } || !groups.Keys.Any(o => o.Scalar.Equals(start)))];
        if (outer is { Conditions.Count: > 0 })
        {
            // One group for each value that the query around it may ask for.
            if (groups.IsWritten)
            {
                Diagnostics.Error(select.GroupBy[0].Span, "a subquery with GROUP BY may not use columns of the query around it");
                return null;
            }

            if (outer.InnerSides(relation, "an aggregate", select.Where!.Span, Diagnostics) is not { } sides)
                return null;
            keys = [.. keys, .. sides.Select(s => new GroupKey(queries.Ids.New(s.ToString()!, s.Type), s, s))];
        }

        var calls = aggregates.Select(a => (Column: queries.Ids.New(a.Text, a.Type), Call: a)).ToList();
        // Keys in the place of what equals them.
        Scalar OverGroup(Scalar scalar) => scalar.Replace(s =>
            s is AggregateScalar aggregate ? calls[aggregate.Index].Column.Scalar
            : keys.FirstOrDefault(k => k.Written.Equals(s))?.Column.Scalar is { } key ? key
            : null);
        items = items.ConvertAll(i => (i.Value with { Scalar = OverGroup(i.Value.Scalar) }, i.Span));
        having = having is null ? null : OverGroup(having);
        qualify = qualify is null ? null : OverGroup(qualify);
        for (var i = 0; i < pending.Overs.Count; i++)
            pending.Overs[i] = Replaced(pending.Overs[i], OverGroup);

        var aggregate = new AggregateRelation(relation, [.. keys.Select(k => (k.Column, k.Scalar))], calls);
        var own = aggregate.Columns.Select(c => c.Id).Concat(pending.Queries.SelectMany(q => q.Relation.Columns).Select(c => c.Id)).ToHashSet();
        var failed = false;
        foreach (var (_, span) in items.Where(i => i.Value.Scalar.Any(s => s is ColumnScalar column && column == (Timestamp(relation) as ColumnScalar) && !own.Contains(column.Index))))
        {
            Diagnostics.Error(span, "PROCTIME() is the record's own timestamp here, and a group is of several records: use the window's time, MAX of a column that is PROCTIME(), or CURRENT_TIMESTAMP");
            failed = true;
        }

        if (failed)
            return null;
        foreach (var scalar in items.Select(i => i.Value.Scalar).Append(having).Append(qualify).Concat(pending.Overs.SelectMany(Scalars)))
            failed |= scalar is not null && ReportUngrouped(scalar, own);
        if (failed)
            return null;

        if (outer is not null)
            for (var i = 0; i < outer.Conditions.Count; i++)
                outer.Conditions[i] = outer.Conditions[i].Replace(s => keys.FirstOrDefault(k => k.Written.Equals(s))?.Column.Scalar);
        var result = JoinQueries(aggregate, pending);
        if (having is not null)
            result = Conjuncts.Filter(result, Conjuncts.Of(Resolved(having, pending)));
        return Finished(result, items, qualify, pending);
    }

    private static IEnumerable<Scalar?> Scalars(PendingOver over) =>
        over.Call.Expressions.Concat(over.Window.PartitionBy).Concat(over.Window.OrderBy.Select(o => o.Scalar));

    private static PendingOver Replaced(PendingOver over, Func<Scalar, Scalar> replace) => over with
    {
        Call = over.Call with
        {
            Aggregate = over.Call.Aggregate is { Argument: { } argument } aggregate ? aggregate with { Argument = replace(argument) } : over.Call.Aggregate,
            Argument = over.Call.Argument is { } value ? replace(value) : null,
            Default = over.Call.Default is { } fallback ? replace(fallback) : null,
        },
        Window = new OverWindow(
            new([.. over.Window.PartitionBy.Select(replace)]),
            new([.. over.Window.OrderBy.Select(o => o with { Scalar = replace(o.Scalar) })])),
    };

    private bool ReportUngrouped(Scalar scalar, IReadOnlySet<int> own)
    {
        if (scalar is ColumnScalar column && !own.Contains(column.Index))
        {
            Diagnostics.Error(column.Span, $"column '{column.Name}' stands neither in GROUP BY nor inside an aggregate; a group has many values of it: use LAST_VALUE({column.Name}) or group by it");
            return true;
        }

        // Every one of them is reported, not just the first.
        var below = scalar.Children.Select(c => ReportUngrouped(c, own)).ToList();
        return below.Contains(true);
    }

    private List<(NamedScalar Value, TextSpan Span)>? Items(SelectSyntax select, Scope scope, ExpressionBinder binder)
    {
        var items = new List<(NamedScalar, TextSpan)>();
        var failed = false;
        foreach (var item in select.Items)
        {
            if (item is SelectStarSyntax star)
            {
                var tables = star.Qualifier is null ? scope.Tables : [.. scope.Tables.Where(t => t.Alias == star.Qualifier.Text)];
                if (tables.Count == 0)
                {
                    Diagnostics.Error(star.Qualifier!.Span, $"unknown table '{star.Qualifier.Text}'");
                    failed = true;
                }

                foreach (var table in tables)
                    foreach (var name in star.Qualifier is null ? table.Shown : table.Columns)
                    {
                        if (table.Find(name) is { } found)
                            items.Add((new NamedScalar(name, found is ColumnScalar column ? column with { Span = star.Span } : found), star.Span));
                        else
                            failed = true;
                    }

                continue;
            }

            var (expression, alias) = ((SelectExpressionSyntax)item).Expression is var e ? (e, ((SelectExpressionSyntax)item).Alias) : default;
            if (binder.Bind(expression) is not { } scalar)
            {
                failed = true;
                continue;
            }

            items.Add((new NamedScalar(alias?.Text ?? (expression as NameSyntax)?.Parts[^1].Text ?? Diagnostics.Source[expression.Span].ReplaceLineEndings(" "), scalar), expression.Span));
        }

        if (failed)
            return null;
        var shown = items.Count;
        foreach (var expression in OrderBy)
        {
            // A name of the select list comes before one of a table, as in SQL.
            var listed = expression is NameSyntax { Parts: [var name] } ? items.FindIndex(0, shown, i => i.Item1.Name == name.Text) : -1;
            if ((listed >= 0 ? items[listed].Item1.Scalar : binder.Bind(expression)) is not { } scalar)
                return null;
            items.Add((new NamedScalar("", scalar), expression.Span));
        }

        return items;
    }
}
