using Serverless.Engine.Sql.Binding;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql;

/// <summary>What a script comes to.</summary>
/// <param name="Source">The script.</param>
/// <param name="Jobs">Its jobs; those with errors are missing.</param>
/// <param name="Diagnostics">Everything there is to say of it, in the order of the places.</param>
public sealed record Script(SourceText Source, IReadOnlyList<Job> Jobs, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Whether the script cannot run.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}

/// <summary>Scripts to jobs.</summary>
public static class ScriptCompiler
{
    /// <summary>Parses and binds a script. Never throws for what a user wrote: errors are in the result.</summary>
    public static Script Compile(SourceText source, IConnectorCatalog connectors)
    {
        var diagnostics = new Diagnostics(source);
        var statements = Parser.Parse(source, diagnostics);
        var scope = new ScriptScope(connectors);
        foreach (var statement in statements)
            if (statement is CreateTableStatement or CreateViewStatement)
                scope.Created.Add(statement is CreateTableStatement table ? table.Name.Text : ((CreateViewStatement)statement).Name.Text);
        var settings = new JobSettings();
        var inserts = new List<(InsertStatement Insert, JobSettings Settings)>();
        string? pipeline = null;
        foreach (var statement in statements)
        {
            switch (statement)
            {
                case SetStatement set:
                    settings = SettingsBinder.Bind(settings, set, diagnostics);
                    if (set.Key.Text.Equals("pipeline.name", StringComparison.OrdinalIgnoreCase))
                        pipeline = set.Value.Text;
                    break;
                case CreateTableStatement create:
                    Add(create, scope, diagnostics);
                    break;
                case CreateViewStatement view:
                    // A view sees what stands before it, as in Flink, and so never itself.
                    if (IsFree(view.Name, scope, diagnostics) && IsKnown(view.Query, scope, diagnostics))
                        scope.Views.Add(view.Name.Text, view);
                    else
                        scope.Broken.Add(view.Name.Text);
                    break;
                case InsertStatement insert:
                    inserts.Add((insert, settings));
                    break;
            }
        }

        if (inserts.Count == 0 && !diagnostics.HasErrors)
            diagnostics.Error(new TextSpan(source.Text.Length, 0), "this script has no INSERT INTO, so there is no job to run");

        var name = pipeline ?? Path.GetFileNameWithoutExtension(source.Name);
        var jobs = new List<Job>();
        foreach (var (insert, at) in inserts)
        {
            // Several INSERTs into one table would be several jobs of one name.
            var suffix = jobs.Count(j => j.Sink.Name == insert.Table.Text) is var same and > 0 ? $".{same + 1}" : "";
            var job = new JobBinder(scope, connectors, SettingsBinder.Raise(at, insert.Table.Span, diagnostics), diagnostics).Bind(insert, inserts.Count == 1 ? name : $"{name}.{insert.Table.Text}{suffix}");
            if (job is null)
                continue;
            if (jobs.Find(j => SinkConflict.IsBetween(j, job)) is { } other)
                diagnostics.Error(insert.Table.Span, $"another INSERT writes {(other.Sink.Name == job.Sink.Name ? $"'{job.Sink.Name}'" : $"the table of '{job.Sink.Name}', as '{other.Sink.Name}',")} too, and both may have a row of one key, which would be whichever was written last: {SinkConflict.Remedy(job)}");
            jobs.Add(job);
        }

        return new Script(source, jobs, diagnostics.All);
    }

    private static bool IsFree(Identifier name, ScriptScope scope, Diagnostics diagnostics)
    {
        if (!scope.Tables.ContainsKey(name.Text) && !scope.Views.ContainsKey(name.Text))
            return true;
        diagnostics.Error(name.Span, $"'{name.Text}' is defined already");
        return false;
    }

    private static bool IsKnown(QuerySyntax query, ScriptScope scope, Diagnostics diagnostics)
    {
        var unknown = TableNames.Of(query).Where(n => !scope.Views.ContainsKey(n.Name.Text) && scope.FindTable(n.Name, diagnostics) is null).ToList();
        return unknown.Count == 0;
    }

    private static void Add(CreateTableStatement create, ScriptScope scope, Diagnostics diagnostics)
    {
        if (!IsFree(create.Name, scope, diagnostics))
            return;

        var columns = new List<TableColumn>();
        var computed = new List<ComputedColumnSyntax>();
        var metadata = new List<MetadataColumn>();
        var names = new List<string>();
        var failed = false;
        foreach (var column in create.Columns)
        {
            if (names.Contains(column.Name.Text))
            {
                diagnostics.Error(column.Name.Span, $"column '{column.Name.Text}' stands twice");
                failed = true;
                continue;
            }

            names.Add(column.Name.Text);
            if (column is ComputedColumnSyntax c)
                computed.Add(c);
            else if (column is MetadataColumnSyntax m && TypeBinder.Bind(m.Type, diagnostics) is { } metadataType)
                metadata.Add(new MetadataColumn(m.Name, metadataType, m.Key?.Text ?? m.Name.Text, m.IsVirtual));
            else if (column is PhysicalColumnSyntax physical && TypeBinder.Bind(physical.Type, diagnostics) is { } type)
                columns.Add(new TableColumn(column.Name.Text, type, physical.NotNull) { Span = column.Name.Span });
            else
                failed = true;
        }

        var key = new List<int>();
        foreach (var part in create.PrimaryKey ?? [.. create.Columns.OfType<PhysicalColumnSyntax>().Where(c => c.IsPrimaryKey).Select(c => c.Name)])
        {
            var index = columns.FindIndex(c => c.Name == part.Text);
            if (index >= 0)
            {
                key.Add(index);
                continue;
            }

            var near = Spelling.Nearest(part.Text, columns.Select(c => c.Name));
            if (!failed)
                diagnostics.Error(part.Span, $"the primary key names '{part.Text}', which is no column{(near is null ? "" : $"; did you mean '{near}'?")}");
            failed = true;
        }

        if (create.Watermark is { } watermark)
            diagnostics.Notice(watermark.Span, "WATERMARK means nothing here and is ignored: results are corrected whenever a late record comes");

        var options = new Dictionary<string, TableOption>(StringComparer.OrdinalIgnoreCase);
        foreach (var option in create.Options)
        {
            if (options.TryAdd(option.Name.Text, new TableOption(option.Name.Text, option.Value.Text, option.Name.Span, option.Value.Span)))
                continue;
            diagnostics.Error(option.Name.Span, $"option '{option.Name.Text}' stands twice");
            failed = true;
        }

        if (failed)
            scope.Broken.Add(create.Name.Text);
        else
            scope.Tables.Add(create.Name.Text, new ScriptTable(
                new TableDefinition(create.Name.Text, create.Name.Span, columns, key, new TableOptions([.. options.Values])), computed, names) { TimeColumn = create.Watermark?.Column, Metadata = metadata });
    }
}
