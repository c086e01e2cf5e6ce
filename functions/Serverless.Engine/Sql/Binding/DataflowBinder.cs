using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A query of several stages to a job: makes sure that a row of the sink's key is one row of the query.</summary>
internal sealed class DataflowBinder(InsertStatement insert, Diagnostics diagnostics)
{
    /// <summary>Binds it; null after an error.</summary>
    public Job? Bind(Job job, Relation relation, Func<TableDefinition, IReadOnlyList<TableDefinition>> parts, Func<TableDefinition, JsonFormat> format)
    {
        var sink = job.Sink;
        foreach (var relationBelow in RequiredColumns.InputsFirst(relation))
            if (relationBelow.Expressions.Any(s => s.Any(x => x is ClockScalar)))
            {
                diagnostics.Error(insert.Query.Span, "CURRENT_TIMESTAMP below the last SELECT would make the result depend on when a record is read; use a column of the record");
                return null;
            }

        foreach (var lookup in RequiredColumns.InputsFirst(relation).OfType<LookupJoinRelation>())
            if (lookup.Right.Fields.FirstOrDefault(f => f.Field.Path.Count > 1).Field is { } field)
            {
                diagnostics.Error(lookup.Table.Span, $"'{lookup.Table.Name}' is a table of a database, and none has a ROW such as '{field.Path[0]}'");
                return null;
            }

        foreach (var aggregate in RequiredColumns.InputsFirst(relation).OfType<AggregateRelation>())
            if (aggregate.NeedsOrder && aggregate.Inputs[0].Order.Count == 0)
            {
                diagnostics.Error(insert.Query.Span, "FIRST_VALUE and LAST_VALUE go by the order of the records, and these rows are made of several records each: use MIN or MAX, or ROW_NUMBER with an order");
                return null;
            }

        if (job.Settings.StateTtl is not null)
            diagnostics.Warning(insert.Table.Span, "'table.exec.state.ttl' is not applied to this query, which takes several stages: its state is kept for ever, and its rows are of all records");
        if (sink.PrimaryKey.Count == 0)
            return Made(relation);
        var clock = sink.PrimaryKey.Where(k => job.Outputs[k].Any(x => x is ClockScalar)).ToList();
        if (clock.Count > 0)
        {
            diagnostics.Error(insert.Table.Span, $"the sink's key column '{sink.Columns[clock[0]].Name}' is made of the clock: every delivery would write another row");
            return null;
        }

        if (IsUnique(relation, [.. sink.PrimaryKey.Select(k => job.Outputs[k])]))
            return Made(relation);
        var key = string.Join(", ", sink.PrimaryKey.Select(k => sink.Columns[k].Name));
        if (relation.Order.Count == 0)
        {
            var unique = relation.UniqueKeys.Select(u => string.Join(", ", relation.Columns.Where(c => u.Contains(c.Id)).Select(c => c.Name))).Where(u => u.Length > 0).Distinct().ToList();
            diagnostics.Error(insert.Table.Span, $"several rows of this query may have one primary key ({key}) of '{sink.Name}', and would overwrite each other. {(unique.Count > 0 ? $"One row is known by ({string.Join("), or by (", unique)}): put that into the primary key" : "Aggregate, or take one of them with ROW_NUMBER")}");
            return null;
        }

        diagnostics.Notice(insert.Table.Span, $"of several rows with one primary key ({key}) the last stays, by the order of the records: timestamp, partition, offset");
        // The last row of each key, whatever order records come in.
        var ids = new ColumnIds(RequiredColumns.InputsFirst(relation).SelectMany(r => r.Columns).Max(c => c.Id) + 1);
        return Made(new TopNRelation(
            relation,
            [.. sink.PrimaryKey.Select(k => job.Outputs[k])],
            [.. relation.Order.Select(o => new SortItem(o.Scalar, true, false))],
            1,
            1,
            ids.New("row number", SqlType.BigInt)));

        Job Made(Relation root)
        {
            var sources = RequiredColumns.InputsFirst(root).OfType<ScanRelation>().Select(s => s.Table).DistinctBy(t => t.Name).SelectMany(parts).ToList();
            var lookups = RequiredColumns.InputsFirst(root).OfType<LookupJoinRelation>().Select(l => l.Table).DistinctBy(t => t.Name).ToList();
            return job with { Source = sources[0], Dataflow = new Query(root, sources, [.. sources.Select(format)], lookups) };
        }
    }

    /// <summary>Whether no two rows have the same values of some expressions.</summary>
    private static bool IsUnique(Relation relation, IReadOnlyList<Scalar> key)
    {
        var known = key.Select(Kept).OfType<int>().ToHashSet();
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
    private static int? Kept(Scalar scalar) => OneToOne.Under(scalar) is ColumnScalar column ? column.Index : null;
}
