using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Queries to relations. Names, views and subqueries are gone then: what is left says what rows there are.</summary>
/// <param name="scope">The tables and views of the script.</param>
/// <param name="settings">The session: time zone, cast behaviour.</param>
/// <param name="diagnostics">Where errors go.</param>
/// <param name="ids">Hands out the columns' numbers.</param>
internal sealed class QueryBinder(ScriptScope scope, JobSettings settings, Diagnostics diagnostics, ColumnIds ids)
{
    /// <summary>The tables and views of the script.</summary>
    public ScriptScope Script => scope;

    /// <summary>The session.</summary>
    public JobSettings Settings => settings;

    /// <summary>Where errors go.</summary>
    public Diagnostics Diagnostics => diagnostics;

    /// <summary>Hands out the columns' numbers.</summary>
    public ColumnIds Ids => ids;

    /// <summary>Binds a query; null after an error.</summary>
    /// <param name="query">The query.</param>
    /// <param name="names">The queries that WITH names around it.</param>
    /// <param name="outer">What a subquery may use of the query around it; null if it may use nothing.</param>
    public BoundQuery? Bind(QuerySyntax query, WithNames? names = null, Correlation? outer = null)
    {
        switch (query)
        {
            case SelectSyntax select: return new SelectBinder(this, names, outer).Bind(select);
            case SetOperationSyntax set: return BindSet(set, names);
            case OrderedSyntax ordered: return BindOrdered(ordered, names, outer);
            case WithSyntax with:
                foreach (var item in with.Items)
                    names = new WithNames(item, names);
                return Bind(with.Body, names, outer);
            case ValuesSyntax values: return BindValues(values);
            default: throw new InvalidOperationException($"{query.GetType().Name} is no query");
        }
    }

    /// <summary>Gives a query's columns the names that a view, WITH or an alias lists; null after an error.</summary>
    public BoundQuery? Renamed(BoundQuery query, Identifier name, IReadOnlyList<Identifier>? columns, string what)
    {
        if (columns is null)
            return query;
        if (columns.Count != query.Items.Count)
        {
            diagnostics.Error(name.Span, $"{what} '{name.Text}' names {columns.Count} columns; its query has {query.Items.Count}");
            return null;
        }

        return query with { Items = [.. query.Items.Select((item, i) => (item.Value with { Name = columns[i].Text }, item.Span))] };
    }

    /// <summary>The rows with a column of its own for each item: where rows as a whole count, not what they are made of.</summary>
    public (Relation Relation, IReadOnlyList<PlanColumn> Columns) Columns(BoundQuery query)
    {
        var items = query.Items.Select(i => (ids.New(i.Value.Name, i.Value.Scalar.Type), i.Value.Scalar)).ToList();
        return (new ProjectRelation(query.Relation, items), [.. items.Select(i => i.Item1)]);
    }

    /// <summary>One row without columns, for what names no table.</summary>
    public ScanRelation OneRow(TextSpan span) => new(ValuesTable.At(span), ids);

    private BoundQuery? BindValues(ValuesSyntax values)
    {
        var source = OneRow(values.Span);
        var rows = new List<(TextSpan Span, BoundQuery Query)>();
        foreach (var row in values.Rows)
        {
            var binder = new ExpressionBinder(new Scope([]), settings, diagnostics, "VALUES", null) { RecordTimestamp = source.Timestamp };
            var items = row.Select((item, i) => (Scalar: binder.Bind(item), Name: $"EXPR${i}", item.Span)).ToList();
            if (items.Exists(i => i.Scalar is null))
                return null;
            rows.Add((items[0].Span, new BoundQuery(source, [.. items.Select(i => (new NamedScalar(i.Name, i.Scalar!), i.Span))])));
        }

        return rows.Count == 1 ? rows[0].Query : Unified(rows, "rows", "VALUES") is { } inputs ? United(inputs, rows[0].Query.Items) : null;
    }

    private BoundQuery United(List<(Relation Relation, IReadOnlyList<PlanColumn> Columns)> inputs, IReadOnlyList<(NamedScalar Value, TextSpan Span)> first)
    {
        var columns = inputs[0].Columns.Select((c, i) => ids.New(first[i].Value.Name, c.Type)).ToList();
        return new BoundQuery(new UnionRelation(inputs, columns, ids), [.. columns.Select((c, i) => (new NamedScalar(c.Name, c.Scalar), first[i].Span))]);
    }

    private BoundQuery? BindSet(SetOperationSyntax set, WithNames? names)
    {
        // a UNION ALL b UNION ALL c is one union.
        var parts = new List<(QuerySyntax Syntax, BoundQuery? Query)>();
        QuerySyntax left = set;
        while (left is SetOperationSyntax { Operator: SetOperator.Union } union && union.IsAll == set.IsAll && set.Operator == SetOperator.Union)
        {
            parts.Insert(0, (union.Right, Bind(union.Right, names)));
            left = union.Left;
        }

        if (parts.Count == 0)
        {
            parts.Add((set.Right, Bind(set.Right, names)));
            left = set.Left;
        }

        parts.Insert(0, (left, Bind(left, names)));
        if (parts.Exists(p => p.Query is null) || Unified([.. parts.Select(p => (p.Syntax.Span, p.Query!))], "sides", set.Operator.ToString().ToUpperInvariant()) is not { } inputs)
            return null;

        var first = parts[0].Query!.Items;
        var columns = inputs[0].Columns.Select((c, i) => ids.New(first[i].Value.Name, c.Type)).ToList();
        Relation relation = set.Operator == SetOperator.Union
            ? new UnionRelation(inputs, columns, ids)
            : new SetRelation(inputs[0], inputs[1], set.Operator == SetOperator.Except, set.IsAll, columns);
        if (set is { Operator: SetOperator.Union, IsAll: false })
        {
            var keys = columns.ConvertAll(c => (ids.New(c.Name, c.Type), (Scalar)c.Scalar));
            relation = new AggregateRelation(relation, keys, []);
            columns = keys.ConvertAll(k => k.Item1);
        }

        return new BoundQuery(relation, [.. columns.Select((c, i) => (new NamedScalar(c.Name, c.Scalar), first[i].Span))]);
    }

    /// <summary>The sides of a set operation, or the rows of VALUES, with columns of common types; null after an error.</summary>
    private List<(Relation Relation, IReadOnlyList<PlanColumn> Columns)>? Unified(List<(TextSpan Span, BoundQuery Query)> parts, string what, string word)
    {
        var count = parts[0].Query.Items.Count;
        foreach (var (where, query) in parts)
        {
            if (query.Items.Count == count)
                continue;
            diagnostics.Error(where, $"the {what} of {word} have {count} and {query.Items.Count} columns; they must have the same number");
            return null;
        }

        var types = new SqlType[count];
        for (var i = 0; i < count; i++)
        {
            types[i] = parts[0].Query.Items[i].Value.Scalar.Type;
            foreach (var (_, query) in parts)
            {
                var (value, span) = query.Items[i];
                if (Casts.CommonType(types[i], value.Scalar.Type) is not { } common)
                {
                    diagnostics.Error(span, $"column {i + 1} of {word} is {types[i]} and here {value.Scalar.Type}: CAST one to the other's type");
                    return null;
                }

                types[i] = common;
            }
        }

        var binder = new ExpressionBinder(new Scope([]), settings, diagnostics, word, null);
        var sides = new List<(Relation, IReadOnlyList<PlanColumn>)>();
        foreach (var (_, query) in parts)
        {
            var items = query.Items.Select((item, i) => (Value: item.Value with { Scalar = binder.Convert(item.Value.Scalar, types[i], item.Span)! }, item.Span)).ToList();
            if (items.Exists(i => i.Value.Scalar is null))
                return null;
            sides.Add(Columns(query with { Items = items }));
        }

        return sides;
    }

    private BoundQuery? BindOrdered(OrderedSyntax ordered, WithNames? names, Correlation? outer)
    {
        if (ordered.Limit is null && ordered.Offset is null)
        {
            var unordered = Bind(ordered.Query, names, outer);
            if (unordered is not null)
                diagnostics.Notice(ordered.OrderBy[0].Span, "ORDER BY without LIMIT means nothing here: a sink table has no order; order the rows where they are read");
            return unordered;
        }

        // Of one SELECT, rows may be ordered by what it does not list.
        List<ExpressionSyntax> behind = ordered.Query is SelectSyntax { IsDistinct: false }
            ? [.. ordered.OrderBy.Select(o => o.Expression).Where(e => e is NameSyntax || ExpressionBinder.HasAggregate(e))]
            : [];
        if ((ordered.Query is SelectSyntax select ? new SelectBinder(this, names, outer) { OrderBy = behind }.Bind(select) : Bind(ordered.Query, names, outer)) is not { } rows)
            return null;
        var query = rows with { Items = [.. rows.Items.SkipLast(behind.Count)] };

        // Names of the select list first, then positions, as in SQL.
        var binder = new ExpressionBinder(new Scope([query.Table(null)]), settings, diagnostics, "ORDER BY", null);
        var order = new List<SortItem>();
        foreach (var item in ordered.OrderBy)
        {
            var scalar = item.Expression is LiteralSyntax { Kind: LiteralKind.Number } number && int.TryParse(number.Text, out var place) && place >= 1 && place <= query.Items.Count
                ? query.Items[place - 1].Value.Scalar
                : behind.IndexOf(item.Expression) is >= 0 and var at ? rows.Items[query.Items.Count + at].Value.Scalar
                : binder.Bind(item.Expression);
            if (scalar is null)
                return null;
            order.Add(new SortItem(scalar, item.IsDescending, item.NullsFirst ?? !item.IsDescending));
        }

        // Of the rows of each value that the query around it asks for.
        if ((outer is null ? [] : outer.InnerSides(query.Relation, "LIMIT", ordered.Span, diagnostics)) is not { } partition)
            return null;
        if (Whole(ordered.Offset, 0) is not { } offset || Whole(ordered.Limit, long.MaxValue - offset) is not { } limit)
            return null;
        if (limit == 0)
        {
            diagnostics.Error(ordered.Limit!.Span, "LIMIT 0 leaves no row");
            return null;
        }

        return query with { Relation = new TopNRelation(query.Relation, partition, order, offset + 1, offset + limit, ids.New("row number", SqlType.BigInt)) };
    }

    private long? Whole(ExpressionSyntax? syntax, long otherwise)
    {
        if (syntax is null)
            return otherwise;
        if (syntax is LiteralSyntax { Kind: LiteralKind.Number } number && long.TryParse(number.Text, out var value) && value >= 0)
            return value;
        diagnostics.Error(syntax.Span, "LIMIT and OFFSET take a whole number");
        return null;
    }
}

/// <summary>The queries that WITH names, the innermost first.</summary>
internal sealed record WithNames(WithItemSyntax Item, WithNames? Before)
{
    /// <summary>Finds a query by its name, with the names that it may use itself.</summary>
    public WithNames? Find(string name) => Item.Name.Text == name ? this : Before?.Find(name);
}

/// <summary>What a subquery uses of the query around it.</summary>
/// <param name="Scope">The names of the query around it.</param>
internal sealed record Correlation(Scope Scope)
{
    /// <summary>The conditions over columns of both.</summary>
    public List<Scalar> Conditions { get; } = [];

    /// <summary>Whether its SELECT may use them, too: for <c>LATERAL</c>, whose rows stand beside those of the query around it.</summary>
    public bool IsInSelect { get; init; }

    /// <summary>
    /// What the subquery's rows have that the conditions compare with the query around it; null if a condition is more than an equality, which is an error then.
    /// What is said of the rows as a whole (an aggregate, DISTINCT, LIMIT) is said of those of each of these values.
    /// </summary>
    /// <param name="rows">The subquery's rows.</param>
    /// <param name="what">What it has that makes it say something of its rows as a whole.</param>
    /// <param name="span">Where to report an error.</param>
    /// <param name="diagnostics">Where errors go.</param>
    public IReadOnlyList<Scalar>? InnerSides(Relation rows, string what, TextSpan span, Diagnostics diagnostics)
    {
        var own = Conjuncts.Ids(rows);
        var sides = new List<Scalar>();
        foreach (var condition in Conditions)
        {
            if (condition is not CallScalar { Function.Name: "=", Arguments: [var left, var right] } || left.Type.ClrType != right.Type.ClrType || (!IsOuter(left) && !IsOuter(right)))
            {
                diagnostics.Error(span, $"a subquery with {what} may use columns of the query around it as 'column = column of the query around it' only; this is {condition}");
                return null;
            }

            sides.Add(IsOuter(left) ? right : left);
        }

        return sides;

        bool IsOuter(Scalar side) => RequiredColumns.ColumnsOf(side).ToList() is { Count: > 0 } columns && !columns.Exists(own.Contains);
    }
}
