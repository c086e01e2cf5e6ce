using Serverless.Engine.Expressions;
using Serverless.Engine.Formats;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>What a query reads: its rows, and what names refer to.</summary>
internal sealed record BoundFrom(Relation Relation, IReadOnlyList<ScopeTable> Tables);

/// <summary><c>FROM</c>: tables, views, subqueries, windows and joins.</summary>
/// <param name="queries">Binds subqueries.</param>
/// <param name="names">The queries that WITH names.</param>
internal sealed class FromBinder(QueryBinder queries, WithNames? names)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds it; null after an error.</summary>
    public BoundFrom? Bind(FromSyntax syntax)
    {
        switch (syntax)
        {
            case FromTableSyntax table: return Table(table);
            case FromQuerySyntax { IsLateral: true }: return Error(syntax.Span, "LATERAL uses what stands on its left: write FROM t CROSS JOIN LATERAL (SELECT …) AS u");
            case FromQuerySyntax sub: return Named(queries.Bind(sub.Query, names), sub.Alias, null);
            case FromFunctionSyntax function: return new WindowBinder(queries, this).Bind(function);
            case FromUnnestSyntax: return Error(syntax.Span, "UNNEST takes apart what stands on its left: write FROM t CROSS JOIN UNNEST(t.a) AS u (x)");
            case JoinSyntax join: return Join(join);
            default: return Error(syntax.Span, "this is nothing that a query can read");
        }
    }

    /// <summary>A query under a name, its columns perhaps renamed.</summary>
    public BoundFrom? Named(BoundQuery? query, AliasSyntax? alias, string? name)
    {
        if (query is not null && alias?.Columns is not null)
            query = queries.Renamed(query, alias.Name, alias.Columns, "the alias");
        if (query is null)
            return null;
        var from = new BoundFrom(query.Relation, [query.Table(alias?.Name.Text ?? name)]);
        // Two names of one expression are two columns: grouping sets may have one without the other.
        return query.Items.DistinctBy(i => i.Value.Scalar).Count() < query.Items.Count ? WithOwnColumns(from, onlyExpressions: false) : from;
    }

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }

    private BoundFrom? Table(FromTableSyntax from)
    {
        var name = from.Name;
        foreach (var hint in from.Hints)
        {
            if (!hint.Name.Text.Equals("OPTIONS", StringComparison.OrdinalIgnoreCase))
                Diagnostics.Notice(hint.Span, $"the hint {hint.Name.Text.ToUpperInvariant()} means nothing here and is ignored");
        }

        if (from.SystemTime is not null)
            return Error(from.SystemTime.Span, "FOR SYSTEM_TIME AS OF stands on the right side of a JOIN");
        if (names?.Find(name.Text) is { } with)
            return Named(queries.Bind(with.Item.Query, with.Before) is { } named ? queries.Renamed(named, with.Item.Name, with.Item.Columns, "query") : null, from.Alias, name.Text);
        if (queries.Script.FindView(name) is { } view)
            return Named(queries.Bind(view.Query) is { } bound ? queries.Renamed(bound, view.Name, view.Columns, "view") : null, from.Alias, name.Last);
        if (queries.Script.FindTable(name, Diagnostics)?.With(from.Hints) is not { } table)
            return null;

        var isUpsert = queries.Script.Connectors.IsUpsert(table.Definition);
        var scan = new ScanRelation(table.Definition, queries.Ids) { IsChangelog = TableFormats.Of(table.Definition, isUpsert).IsChangelog };
        Relation rows = isUpsert ? LastOfKey(scan) : scan;
        var found = Of(table, scan, from.Alias?.Name.Text ?? name.Last);
        if (from.Alias?.Columns is not { } columns)
            return new BoundFrom(rows, [found]);
        if (columns.Count != found.Columns.Count)
            return Error(from.Alias.Span, $"the alias '{from.Alias.Name.Text}' names {columns.Count} columns; '{name.Text}' has {found.Columns.Count}");
        var places = columns.Select((c, i) => (c.Text, i)).ToLookup(c => c.Text, c => c.i);
        return new BoundFrom(rows, [new ScopeTable(found.Alias, [.. columns.Select(c => c.Text)], column => places.Contains(column) ? found.Find(found.Columns[places[column].First()]) : null)]);
    }

    /// <summary>The last record of each key, whatever order records come in, unless it is a tombstone.</summary>
    private FilterRelation LastOfKey(ScanRelation scan) => new(
        new TopNRelation(scan, scan.KeyColumns, [new SortItem(scan.Offset, true, false)], 1, 1, queries.Ids.New("row number", SqlType.BigInt)),
        new NotScalar(scan.IsTombstone));

    /// <summary>What names refer to of a table that is read.</summary>
    public ScopeTable Of(ScriptTable table, ScanRelation scan, string alias)
    {
        var physical = new ScopeTable(
            alias,
            [.. table.Definition.Columns.Select(c => c.Name).Concat(table.Metadata.Select(m => m.Name.Text))],
            column => table.Definition.Columns.FirstOrDefault(c => c.Name == column) is { } found ? scan.Use([column], found.Type)
                : table.Metadata.FirstOrDefault(m => m.Name.Text == column) is { } metadata ? Metadata(metadata, scan)
                : null);
        if (table.Computed.Count == 0)
            return physical with { Columns = table.ColumnOrder };
        // Computed columns see the physical ones only, as in Flink, and cost nothing where nobody names them.
        var binder = new ExpressionBinder(new Scope([physical with { Alias = table.Definition.Name }]), queries.Settings, Diagnostics, "a computed column", null) { RecordTimestamp = scan.Timestamp, RecordIdentity = () => scan.Identity };
        return new ScopeTable(
            alias,
            table.ColumnOrder,
            column => physical.Find(column) ?? (table.Computed.FirstOrDefault(c => c.Name.Text == column) is { } computed ? binder.Bind(computed.Expression) : null));
    }

    private Scalar? Metadata(MetadataColumn column, ScanRelation scan)
    {
        if (!SourceField.Metadata.TryGetValue(column.Key, out var field))
        {
            Diagnostics.Error(column.Name.Span, $"'{column.Key}' is no metadata that is known of a record here; known are {string.Join(", ", SourceField.Metadata.Keys)}");
            return new ConstantScalar(null, column.Type);
        }

        var binder = new ExpressionBinder(new Scope([]), queries.Settings, Diagnostics, "a metadata column", null);
        return binder.Convert(scan.UseMetadata(field), column.Type, column.Name.Span) ?? new ConstantScalar(null, column.Type);
    }

    private BoundFrom? Join(JoinSyntax join)
    {
        if (join.Right is FromTableSyntax { SystemTime: { } time } versions)
            return IsLookup(versions.Name) ? new LookupJoinBinder(queries, this).Bind(join, versions, time) : new TemporalJoinBinder(queries, this).Bind(join, versions, time);
        var left = Bind(join.Left);
        if (join.Right is FromUnnestSyntax unnest)
            return left is null ? null : new UnnestBinder(queries).Bind(left, unnest, join);
        if (join.Right is FromQuerySyntax { IsLateral: true } lateral)
            return left is null ? null : new LateralBinder(queries, this, names).Bind(left, lateral, join);
        var right = Bind(join.Right);
        if (left is null || right is null)
            return null;
        if (left.Tables.Concat(right.Tables).Select(t => t.Alias).OfType<string>().GroupBy(a => a).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return Error(join.Right.Span, $"two tables are called '{twice.Key}': give one of them another name, as in '{twice.Key} AS b'");

        var kind = join.Kind switch
        {
            JoinKind.Left => JoinOutput.Left,
            JoinKind.Right => JoinOutput.Right,
            JoinKind.Full => JoinOutput.Full,
            _ => JoinOutput.Inner,
        };
        if (kind is JoinOutput.Right or JoinOutput.Full)
            left = WithOwnColumns(left);
        if (kind is JoinOutput.Left or JoinOutput.Full)
            right = WithOwnColumns(right);
        var tables = left.Tables.Concat(right.Tables).ToList();
        if (join.Using is { } columns)
            return Using(columns, left, right, kind);
        var condition = join.On is null ? null : new ExpressionBinder(new Scope(tables), queries.Settings, Diagnostics, "ON", null).BindCondition(join.On);
        if (join.On is not null && condition is null)
            return null;
        return new BoundFrom(Conjuncts.Join(left.Relation, right.Relation, kind, [], Conjuncts.Of(condition)), tables);
    }

    // A table of another product's connector, which is an error of its own, is asked for rows unless it has versions.
    private bool IsLookup(Identifier name) =>
        names?.Find(name.Text) is null && queries.Script.GetTable(name) is { } table
        && (queries.Script.Connectors.IsLookup(table.Definition) || (table.TimeColumn is null && !queries.Script.Connectors.IsKnown(table.Definition)));

    /// <summary>
    /// Gives the expressions of what is read columns of their own. On a side of a join that may lack a row they are NULL then, whatever they would make of NULLs.
    /// </summary>
    private BoundFrom WithOwnColumns(BoundFrom from, bool onlyExpressions = true)
    {
        // Filled as columns are named.
        var items = new List<(PlanColumn Column, Scalar Scalar)>();
        var known = new Dictionary<(ScopeTable Table, string Name), PlanColumn>();
        Scalar? Own(ScopeTable table, string name)
        {
            var scalar = table.Find(name);
            if (scalar is null or RowScalar || (onlyExpressions && scalar is ColumnScalar))
                return scalar;
            if (!known.TryGetValue((table, name), out var column))
            {
                known.Add((table, name), column = queries.Ids.New(name, scalar.Type));
                items.Add((column, scalar));
            }

            return column.Scalar;
        }

        return new BoundFrom(new ProjectRelation(from.Relation, items), [.. from.Tables.Select(t => t with { Find = name => Own(t, name) })]);
    }

    private BoundFrom? Using(IReadOnlyList<Identifier> columns, BoundFrom left, BoundFrom right, JoinOutput kind)
    {
        var conditions = new List<Scalar>();
        foreach (var column in columns)
        {
            NameSyntax Of(BoundFrom side) => new(column.Span, [column]);
            var binders = new[] { left, right }.Select(side => (side, new ExpressionBinder(new Scope(side.Tables), queries.Settings, Diagnostics, "USING", null))).ToArray();
            var (first, second) = (binders[0].Item2.Bind(Of(left)), binders[1].Item2.Bind(Of(right)));
            if (first is null || second is null || binders[0].Item2.Equal(column.Span, (first, Of(left)), (second, Of(right))) is not { } equal)
                return null;
            conditions.Add(equal);
        }

        // A column of USING is one column: of the side that has every row.
        var merged = columns.Select(c => c.Text).ToHashSet();
        var hidden = kind == JoinOutput.Right ? left : right;
        var kept = kind == JoinOutput.Right ? right : left;
        ScopeTable Hide(ScopeTable table) => table with { Hidden = merged };
        var tables = kind == JoinOutput.Right ? left.Tables.Select(Hide).Concat(right.Tables) : left.Tables.Concat(right.Tables.Select(Hide));
        if (kind == JoinOutput.Full)
        {
            ScopeTable both = new(null, [.. merged], column => merged.Contains(column)
                ? new CoalesceScalar([Find(kept, column)!, Find(hidden, column)!], Find(kept, column)!.Type)
                : null);
            tables = left.Tables.Concat(right.Tables).Select(Hide).Prepend(both);
        }

        return new BoundFrom(Conjuncts.Join(left.Relation, right.Relation, kind, [], conditions), [.. tables]);

        static Scalar? Find(BoundFrom side, string column) => side.Tables.Select(t => t.Find(column)).FirstOrDefault(s => s is not null);
    }
}
