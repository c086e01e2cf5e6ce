using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Formats;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A query of several stages to a job: makes sure that a row of the sink's key is one row of the query.</summary>
internal sealed class DataflowBinder(InsertStatement insert, Diagnostics diagnostics)
{
    /// <summary>The order that puts the last window first, if it takes the window to tell the rows of one key of the sink apart; null if it is something else.</summary>
    public static IReadOnlyList<SortItem>? LastWindow(Relation relation, IReadOnlyList<Scalar> key)
    {
        var times = WindowTimes.Of(relation);
        return times.Count > 0 && !UniqueRows.Are(relation, key) && UniqueRows.Are(relation, [.. key, .. times.Select(t => t.Column)])
            ? [.. times.Select(t => new SortItem(t.Column, true, false))]
            : null;
    }

    /// <summary>
    /// <c>DISTINCT</c> rows, or groups without aggregates, with the order of their first records: in Flink the one that was added last stays under a key of the sink, and a
    /// repetition adds nothing. Null for rows that change, or that are made of several records.
    /// </summary>
    public static (Relation Rows, SortItem Order)? FirstRecords(Relation relation)
    {
        switch (relation)
        {
            case FilterRelation filter when FirstRecords(filter.Inputs[0]) is { } below:
                return (new FilterRelation(below.Rows, filter.Condition), below.Order);
            case AggregateRelation { Calls.Count: 0 } distinct when distinct.Inputs[0] is { IsAppendOnly: true, Order: [var order] }:
                var ids = new ColumnIds(RequiredColumns.InputsFirst(relation).SelectMany(r => r.Columns).Max(c => c.Id) + 1);
                var first = ids.New("first record", order.Type);
                return (
                    new AggregateRelation(distinct.Inputs[0], distinct.Keys, [(first, new AggregateCall(AggregateKind.FirstValue, order.Scalar, false, order.Type, "the first record"))]),
                    new SortItem(first.Scalar, true, false));
            default:
                return null;
        }
    }

    /// <summary>Binds it; null after an error.</summary>
    public Job? Bind(Job job, Relation relation, Func<TableDefinition, IReadOnlyList<TableDefinition>> parts, Func<TableDefinition, IRecordFormat> format)
    {
        var sink = job.Sink;
        foreach (var relationBelow in RequiredColumns.InputsFirst(relation))
            if (relationBelow.Expressions.Any(s => s.Any(x => x is ClockScalar)))
            {
                diagnostics.Error(insert.Query.Span, "CURRENT_TIMESTAMP below the last SELECT would make the result depend on when a record is read; use a column of the record");
                return null;
            }

        var required = new RequiredColumns(relation, job.Outputs);
        foreach (var scan in RequiredColumns.InputsFirst(relation).OfType<ScanRelation>().Where(s => s.IsChangelog))
            if (scan.Fields.Any(f => f.Field.IsOfRecord && required[scan].Contains(f.Column.Id)))
            {
                diagnostics.Error(insert.Query.Span, $"PROCTIME() of '{scan.Table.Name}' would tell a row that is taken away from the one that was added, for each is of a record of its own; use a column of the row");
                return null;
            }

        foreach (var lookup in RequiredColumns.InputsFirst(relation).OfType<LookupJoinRelation>())
            if (lookup.Right.Fields.FirstOrDefault(f => f.Field.Path.Count > 1).Field is { } field)
            {
                diagnostics.Error(lookup.Table.Span, $"'{lookup.Table.Name}' is a table of a database, and none has a ROW such as '{field.Path[0]}'");
                return null;
            }

        foreach (var aggregate in RequiredColumns.InputsFirst(relation).OfType<AggregateRelation>())
            if (aggregate.Inputs[0].Order.Count == 0 && aggregate.Calls.Any(c => c.Call is { NeedsOrder: true, IsList: false }))
            {
                diagnostics.Error(insert.Query.Span, "FIRST_VALUE and LAST_VALUE go by the order of the records, and these rows are made of several records each: use MIN or MAX, or ROW_NUMBER with an order");
                return null;
            }

        if (job.Settings.StateTtl is not null)
            diagnostics.Warning(insert.Table.Span, "'table.exec.state.ttl' is not applied to this query, which takes several stages: its state is kept for ever, and its rows are of all records");
        job = job with { Settings = job.Settings with { StateTtl = null } };
        if (sink.PrimaryKey.Count == 0)
            return Made(relation);
        var clock = sink.PrimaryKey.Where(k => job.Outputs[k].Any(x => x is ClockScalar)).ToList();
        if (clock.Count > 0)
        {
            diagnostics.Error(insert.Table.Span, $"the sink's key column '{sink.Columns[clock[0]].Name}' is made of the clock: every delivery would write another row");
            return null;
        }

        // What a changelog's records add and take away must be added up before it is written: a row may be taken away before it comes.
        var keyed = sink.PrimaryKey.Select(k => job.Outputs[k]).ToList();
        if (UniqueRows.Are(relation, keyed))
            return Made(PassesChanges(relation) ? LastOf([]) : relation);
        var key = string.Join(", ", sink.PrimaryKey.Select(k => sink.Columns[k].Name));
        if (LastWindow(relation, keyed) is { } windows)
        {
            diagnostics.Notice(insert.Table.Span, $"of several windows with one primary key ({key}) of '{sink.Name}' the last stays; put {string.Join(", ", windows.Select(w => w.Scalar))} into the key to keep the row of each");
            return Made(LastOf(windows));
        }

        if (FirstRecords(relation) is { } distinct)
        {
            diagnostics.Notice(insert.Table.Span, $"of several rows with one primary key ({key}) of '{sink.Name}' the one whose first record comes last stays, by the order of the records: timestamp, partition, offset");
            relation = distinct.Rows;
            return Made(LastOf([distinct.Order]));
        }

        if (relation.Order.Count == 0)
        {
            var unique = relation.UniqueKeys.Select(u => string.Join(", ", relation.Columns.Where(c => u.Contains(c.Id)).Select(c => c.Name))).Where(u => u.Length > 0).Distinct().ToList();
            diagnostics.Error(insert.Table.Span, $"several rows of this query may have one primary key ({key}) of '{sink.Name}', and would overwrite each other. {(unique.Count > 0 ? $"One row is known by ({string.Join("), or by (", unique)}): put that into the primary key" : "Aggregate, or take one of them with ROW_NUMBER")}");
            return null;
        }

        diagnostics.Notice(insert.Table.Span, $"of several rows with one primary key ({key}) the last stays, by the order of the records: timestamp, partition, offset");
        return Made(LastOf([.. relation.Order.Select(o => new SortItem(o.Scalar, true, false))]));

        // The last row of each key, whatever order records come in.
        TopNRelation LastOf(IReadOnlyList<SortItem> order)
        {
            var ids = new ColumnIds(RequiredColumns.InputsFirst(relation).SelectMany(r => r.Columns).Max(c => c.Id) + 1);
            return new TopNRelation(relation, keyed, order, 1, 1, ids.New("row number", SqlType.BigInt));
        }

        Job Made(Relation root)
        {
            var sources = RequiredColumns.InputsFirst(root).OfType<ScanRelation>().Select(s => s.Table).DistinctBy(t => t.Name).SelectMany(parts).ToList();
            var lookups = RequiredColumns.InputsFirst(root).OfType<LookupJoinRelation>().Select(l => l.Table).DistinctBy(t => t.Name).ToList();
            return job with { Source = sources[0], Dataflow = new Query(root, sources, [.. sources.Select(format)], lookups) };
        }
    }

    private static bool PassesChanges(Relation relation) => relation is ScanRelation { IsChangelog: true }
        || (relation is FilterRelation or ProjectRelation or WindowRelation or ExpandRelation or UnnestRelation or UnionRelation && relation.Inputs.Any(PassesChanges));
}
