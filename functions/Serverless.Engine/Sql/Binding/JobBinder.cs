using Serverless.Engine.Expressions;
using Serverless.Engine.Formats;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>INSERT INTO … SELECT</c> to a <see cref="Job"/>.</summary>
internal sealed class JobBinder(ScriptScope scope, IConnectorCatalog connectors, JobSettings settings, Diagnostics diagnostics)
{
    private readonly ConstantChecks _constants = new();

    public Job? Bind(InsertStatement insert, string name)
    {
        var before = diagnostics.Errors;
        var queries = new QueryBinder(scope, settings, diagnostics, new ColumnIds());
        var query = queries.Bind(insert.Query);
        var sink = insert.IsPrinted ? query is null ? null : PrintedTable.Of(insert.Table, query.Items) : scope.FindTable(insert.Table, diagnostics)?.With(insert.Hints);
        var sinkTraits = sink is null ? null : connectors.Describe(sink.Definition, TableUse.Sink, diagnostics);
        // The sources' options are checked even where the query is wrong: every error in one go.
        var tables = Tables(insert.Query).ToList();
        foreach (var named in tables.GroupBy(t => t.Table.Name).Where(g => g.DistinctBy(t => string.Join(',', t.Table.Options.All)).Count() > 1))
            diagnostics.Error(insert.Query.Span, $"'{named.Key}' is read with different options in one query: CREATE it under two names");
        var sources = tables.Where(t => !t.IsLookup).Select(t => t.Table).DistinctBy(t => t.Name).ToList();
        if (query is not null && RequiredColumns.InputsFirst(query.Relation).OfType<ScanRelation>().FirstOrDefault(s => ValuesTable.Is(s.Table)) is { } values)
            sources.Add(values.Table);
        var sourceTraits = sources.ConvertAll(s => connectors.Describe(s, TableUse.Source, diagnostics));
        foreach (var lookup in tables.Where(t => t.IsLookup).Select(t => t.Table).DistinctBy(t => t.Name))
            sourceTraits.Add(connectors.Describe(lookup, TableUse.Lookup, diagnostics));
        if (query is null || sink is null)
            return null;

        if (Targets(insert, sink.Definition) is not { } targets || Outputs(insert, sink.Definition, targets, query.Items) is not { } all)
            return null;
        var (written, outputs) = sinkTraits is { WritesListedColumnsOnly: true } && targets.Count < sink.Definition.Columns.Count
            ? (sink.Definition.Only(targets.ToHashSet()), [.. Enumerable.Range(0, all.Length).Where(targets.Contains).Select(i => all[i])])
            : (sink.Definition, all);

        foreach (var column in written.Columns.Where(c => sinkTraits is { Target: not null, TakesNested: false } && (c.Type.IsNested || c.Type.IsInterval)))
        {
            diagnostics.Error(column.Span, $"column '{column.Name}' is {column.Type}, and no column of a database is: make it STRING, and write CAST(x AS STRING), or JSON_STRING(x)");
            return null;
        }

        if (sink.Metadata.FirstOrDefault(m => !m.IsVirtual) is { } metadata)
        {
            diagnostics.Error(metadata.Name.Span, $"the metadata column '{metadata.Name.Text}' of a table that is written is not supported: make it VIRTUAL, or leave it out");
            return null;
        }

        // A table that rows are told apart in by nothing takes those that are only added.
        var appends = sinkTraits is { IsAppendOnly: true } || (sinkTraits is { CanAppend: true } && written.PrimaryKey.Count == 0 && KeyOf(query, written) is null);
        if (appends && !query.Relation.IsAppendOnly)
        {
            var errors = diagnostics.Errors;
            if (new WatermarkBinder(queries).Bind(query.Relation, insert.Table) is { } complete)
                query = query with { Relation = complete };
            else if (diagnostics.Errors > errors)
                return null;
        }

        if (sinkTraits is { IsAppendOnly: true } && !query.Relation.IsAppendOnly)
        {
            diagnostics.Error(insert.Table.Span, $"a '{sinkTraits.Name}' table only takes rows that are added, and the rows of this query change as records come: each version would be another row. {sinkTraits.Instead}");
            return null;
        }

        // What is only added is never replaced.
        if (sinkTraits is { IsAppendOnly: true } && written.PrimaryKey.Count > 0)
        {
            diagnostics.Notice(written.Span, $"the PRIMARY KEY of '{written.Name}' means nothing when it is written: a '{sinkTraits.Name}' table only takes rows that are added");
            written = written with { PrimaryKey = [] };
        }

        if (sinkTraits is { TakesChanges: true })
        {
            if (!query.Relation.IsAppendOnly && Array.Find(outputs, o => o.Any(x => x is ClockScalar)) is not null)
                diagnostics.Error(insert.Table.Span, $"'{written.Name}' says of a row that changes what it was, and the clock has gone on since then: leave the column with the clock out");
            written = written with { PrimaryKey = [] };
        }

        appends &= query.Relation.IsAppendOnly;
        if (appends && sinkTraits is { IsAppendOnly: false })
            diagnostics.Warning(written.Span, $"'{written.Name}' has no PRIMARY KEY: its rows are appended, and those of the last moments before a failure once more after it");
        var keyed = !appends && (sinkTraits is { NeedsPrimaryKey: true } || written.PrimaryKey.Count > 0);
        if (keyed && written.PrimaryKey.Count == 0)
        {
            if (KeyOf(query, written) is not { } key)
            {
                diagnostics.Error(written.Span, query.Relation.IsAppendOnly
                    ? $"table '{written.Name}' needs a PRIMARY KEY: a row that is written again after a failure must find itself"
                    : $"table '{written.Name}' needs a PRIMARY KEY: its rows are updated as the aggregates change");
                return null;
            }

            written = written with { PrimaryKey = key };
            diagnostics.Notice(written.Span, $"'{written.Name}' has no PRIMARY KEY; the query's is taken: ({string.Join(", ", key.Select(k => written.Columns[k].Name))}), which must be the key of the database's table");
        }

        if (sinkTraits?.VersionColumn is { } version && settings.StateTtl < RowVersion.ShortestTimeToLive)
            diagnostics.Error(insert.Table.Span, $"the version column '{version}' of '{written.Name}' needs a 'table.exec.state.ttl' of at least {Math.Ceiling(RowVersion.ShortestTimeToLive.TotalMinutes)} min: a BIGINT cannot number the versions of rows that expire and come again more often");

        if (sinkTraits is null || sources.Count == 0)
            return null;
        var job = new Job
        {
            Name = name,
            Script = diagnostics.Source,
            Source = sources[0],
            Sink = written,
            SinkTraits = sinkTraits,
            Settings = settings,
            Format = Format(sources[0]),
            Fields = [],
            Filter = null,
            Keys = [],
            Aggregates = [],
            Timeline = null,
            Having = null,
            Outputs = outputs,
            Checks = [],
        };
        // A table of several topics is several sources.
        ConnectorTraits? TraitsOf(TableDefinition table) => sources.Zip(sourceTraits).FirstOrDefault(s => s.First.Name == table.Name).Second;
        IReadOnlyList<TableDefinition> Parts(TableDefinition table) => TraitsOf(table)?.Parts ?? [table];
        var byWindow = keyed && GoesByWindow(query.Relation, [.. written.PrimaryKey.Select(k => outputs[k])]);
        var isDistinct = keyed && DataflowBinder.FirstRecords(query.Relation) is not null && OneStage.Of(query.Relation) is { } one
            && new SinkKeyBinder(written, insert, settings, new Diagnostics(diagnostics.Source)).Bind(one.Grouping, [.. outputs.Select(one.OverGroup)], keyed) is null;
        var bound = !byWindow && !isDistinct && sinkTraits is not { TakesChanges: true } && OneStage.Of(query.Relation) is { } stage && Parts(stage.Source).Count == 1 && TraitsOf(stage.Source) is not { FindsTopics: true }
            ? BindOneStage(insert, job, stage, keyed)
            : new DataflowBinder(insert, diagnostics).Bind(job, query.Relation, Parts, Format);
        return bound is null || sourceTraits.Contains(null) || diagnostics.Errors > before ? null : bound;
    }

    private Job? BindOneStage(InsertStatement insert, Job job, OneStage stage, bool keyed)
    {
        var grouping = stage.Grouping;
        ReportClock(insert, stage.Filter, grouping);
        var shape = new SinkKeyBinder(job.Sink, insert, settings, diagnostics).Bind(grouping, [.. job.Outputs.Select(stage.OverGroup)], keyed);
        return shape is null ? null : Pruning.Apply(job with
        {
            // A query that WITH names and nobody reads has tables, too.
            Source = stage.Source,
            Format = Format(stage.Source),
            Fields = stage.Fields,
            Filter = stage.Filter,
            Keys = shape.Keys,
            Aggregates = grouping.Aggregates,
            Timeline = shape.Timeline,
            Having = shape.Having,
            Outputs = shape.Outputs,
            Checks = EventChecks.Of(shape, grouping.Aggregates, job.Sink, keyed),
        });
    }

    /// <summary>Whether it takes the windows' times to know which rows belong to one key of the sink.</summary>
    private static bool GoesByWindow(Relation relation, Scalar[] key)
    {
        var times = WindowTimes.Of(relation);
        return DataflowBinder.LastWindow(relation, key) is not null
            || (UniqueRows.Are(relation, key) && !UniqueRows.Are(relation, [.. key.Where(k => WindowTimes.Told(k, times) is null)]));
    }

    /// <summary>The columns that no two rows of a query have the same values of, as Flink up to 1.10 took them for the sink's key; null if they are not written.</summary>
    private static List<int>? KeyOf(BoundQuery query, TableDefinition sink)
    {
        if (query.Items.Count != sink.Columns.Count)
            return null;
        var times = WindowTimes.Of(query.Relation);
        foreach (var unique in query.Relation.UniqueKeys)
        {
            var places = unique.Select(id => query.Items.ToList().FindIndex(i => UniqueRows.Kept(i.Value.Scalar, times) == id)).ToList();
            if (places.Count > 0 && !places.Contains(-1))
                return [.. places.Order()];
        }

        return null;
    }

    /// <summary>The tables that a query reads, as far as they are known, and whether it asks each for rows by key.</summary>
    private IEnumerable<(TableDefinition Table, bool IsLookup)> Tables(QuerySyntax query) => TableNames.Of(query).SelectMany(named =>
        scope.FindView(named.Name) is { } view ? Tables(view.Query)
        : scope.GetTable(named.Name) is { } table ? [(table.With(named.Hints).Definition, named.IsAsOf && connectors.IsLookup(table.Definition))]
        : []);

    private IRecordFormat Format(TableDefinition table) => TableFormats.Of(table, connectors.IsUpsert(table));

    /// <summary>One expression per sink column, cast to its type.</summary>
    private Scalar[]? Outputs(InsertStatement insert, TableDefinition sink, List<int> targets, IReadOnlyList<(NamedScalar Value, TextSpan Span)> items)
    {
        if (targets.Count != items.Count)
        {
            var span = items.Count > targets.Count ? items[targets.Count].Span : items.Count > 0 ? items[^1].Span : insert.Query.Span;
            diagnostics.Error(span, $"the query has {(items.Count == 1 ? "1 column" : $"{items.Count} columns")}, but {(insert.Columns is null ? "table" : "the list of columns of")} '{sink.Name}' has {targets.Count} ({string.Join(", ", targets.Select(t => sink.Columns[t].Name))})");
            return null;
        }

        var outputs = sink.Columns.Select(Scalar (c) => new ConstantScalar(null, c.Type)).ToArray();
        var failed = false;
        for (var i = 0; i < targets.Count; i++)
        {
            var column = sink.Columns[targets[i]];
            var (value, span) = items[i];
            value = value with { Scalar = RowScalar.Whole(value.Scalar) };
            if (!Casts.IsImplicit(value.Scalar.Type, column.Type))
            {
                diagnostics.Error(span, $"'{value.Name}' is {value.Scalar.Type}, and column '{column.Name}' of '{sink.Name}' is {column.Type}: write CAST(… AS {column.Type})");
                failed = true;
            }
            else
            {
                outputs[targets[i]] = Convert(value.Scalar, column.Type, span);
            }
        }

        foreach (var key in sink.PrimaryKey.Where(k => !targets.Contains(k)))
        {
            diagnostics.Error(insert.Table.Span, $"the primary key's column '{sink.Columns[key].Name}' is not filled");
            failed = true;
        }

        return failed ? null : outputs;
    }

    private Scalar Convert(Scalar scalar, SqlType type, TextSpan span)
    {
        // A text's declared length is not enforced on the way out, as in Flink (type-length-enforcer IGNORE).
        if (scalar.Type == type || (scalar.Type.Kind == type.Kind && type.Kind is SqlKind.String or SqlKind.Bytes))
            return scalar;
        if (scalar is ConstantScalar { Value: null })
            return new ConstantScalar(null, type);
        var cast = new CallScalar(Casts.Find(scalar.Type, type, settings.Zone)!, [scalar]);
        if (scalar is ConstantScalar && _constants.FailureOf(cast) is { } failure)
            diagnostics.Error(span, failure);
        return cast;
    }

    private List<int>? Targets(InsertStatement insert, TableDefinition sink)
    {
        if (insert.Columns is null)
            return [.. Enumerable.Range(0, sink.Columns.Count)];
        var targets = new List<int>();
        foreach (var column in insert.Columns)
        {
            var index = sink.Columns.ToList().FindIndex(c => c.Name == column.Text);
            if (index < 0 || targets.Contains(index))
            {
                diagnostics.Error(column.Span, index < 0 ? $"table '{sink.Name}' has no column '{column.Text}'{Spelling.Suggestion(column.Text, sink.Columns.Select(c => c.Name))}" : $"column '{column.Text}' stands twice");
                return null;
            }

            targets.Add(index);
        }

        return targets;
    }

    private void ReportClock(InsertStatement insert, Scalar? filter, Grouping grouping)
    {
        var read = grouping.Keys.Select(k => k.Scalar).Concat(grouping.Aggregates.Select(a => a.Argument)).Append(filter);
        if (read.Any(s => s is not null && s.Any(x => x is ClockScalar)))
            diagnostics.Error(insert.Query.Span, "CURRENT_TIMESTAMP in WHERE, GROUP BY or an aggregate would make the result depend on when a record is read; use a column of the record");
    }
}
