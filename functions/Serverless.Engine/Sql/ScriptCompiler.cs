using Serverless.Engine.Sql.Binding;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql;

/// <summary>What a script comes to.</summary>
/// <param name="Source">The script.</param>
/// <param name="Jobs">Its jobs; those with errors are missing.</param>
/// <param name="Diagnostics">Everything there is to say of it, in the order of the places.</param>
public sealed record Script(SourceText Source, IReadOnlyList<Job> Jobs, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>What tells the code of each of its functions of C# from any other, in their order; empty for one that could not be loaded.</summary>
    public IReadOnlyList<string> FunctionIdentities { get; init; } = [];

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
        AddNames(statements, scope);
        var settings = new JobSettings();
        var inserts = new List<(InsertStatement Insert, JobSettings Settings, ScriptScope Scope, bool IsExplained)>();
        var dropped = new HashSet<string>();
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
                case ResetStatement reset:
                    settings = SettingsBinder.Reset(settings, reset);
                    break;
                case CreateTableStatement create:
                    if (!IsFree(create.Name, create.IfNotExists, dropped, scope, diagnostics))
                        break;
                    if (create.Query is null)
                    {
                        Add(create, scope, diagnostics);
                        break;
                    }

                    var (queried, filling) = QueriedTable.Split(create, scope, settings, source);
                    if (queried is null)
                        scope.Broken.Add(scope.Qualified(create.Name));
                    else
                        Add(queried, scope, diagnostics);
                    inserts.Add((filling, settings, scope.Here(), false));
                    break;
                case AlterTableStatement alter:
                    Alter(alter, scope, diagnostics);
                    break;
                case CreateViewStatement view:
                    // A view sees what stands before it, as in Flink, and so never itself.
                    if (!IsFree(view.Name, view.IfNotExists, dropped, scope, diagnostics))
                        break;
                    if (IsKnown(view, scope, diagnostics))
                        scope.Views[scope.Qualified(view.Name)] = view;
                    else
                        scope.Broken.Add(scope.Qualified(view.Name));
                    break;
                case CreateFunctionStatement function:
                    if (!(function.IfNotExists && scope.Functions.ContainsKey(function.Name.Last)))
                        scope.Functions[function.Name.Last] = ScriptFunction.Of(function, connectors, diagnostics);
                    break;
                case InsertStatement insert:
                    inserts.Add((insert, settings, scope.Here(), false));
                    break;
                case QueryStatement query:
                    inserts.Add((Printed(query), settings, scope.Here(), false));
                    break;
                case ExplainStatement { Explained: InsertStatement explained }:
                    inserts.Add((explained, settings, scope.Here(), true));
                    break;
                case ExplainStatement { Explained: QueryStatement explained }:
                    inserts.Add((Printed(explained), settings, scope.Here(), true));
                    break;
                case UseStatement use:
                    scope.Use(use);
                    diagnostics.Notice(use.Span, "USE only says where names belong that name no catalog or database: the tables are those of this script");
                    break;
                case DropStatement drop:
                    dropped.Add(scope.Qualified(drop.Name));
                    diagnostics.Notice(drop.Span, "DROP is passed over: a job creates no tables");
                    break;
                case ShowStatement or DescribeStatement:
                    diagnostics.Notice(statement.Span, ScriptAnswers.To(statement, scope));
                    break;
                case PassedOverStatement passed:
                    diagnostics.Notice(passed.Span, passed.Note);
                    break;
            }
        }

        if (inserts.Count == 0 && !diagnostics.HasErrors)
            diagnostics.Error(new TextSpan(source.Text.Length, 0), "this script has no INSERT INTO, so there is no job to run");

        var name = pipeline ?? Path.GetFileNameWithoutExtension(source.Name);
        var jobs = new List<Job>();
        var isOne = inserts.Count(i => !i.IsExplained) == 1;
        foreach (var (insert, at, here, isExplained) in inserts)
        {
            // Several INSERTs into one table would be several jobs of one name.
            var suffix = jobs.Count(j => j.Sink.Name == insert.Table.Last) is var same and > 0 ? $".{same + 1}" : "";
            var job = new JobBinder(here, connectors, SettingsBinder.Raise(at, insert.Table.Span, diagnostics) with { Functions = here.AllFunctions }, diagnostics).Bind(insert, isOne ? name : $"{name}.{insert.Table.Last}{suffix}");
            if (job is null)
                continue;
            if (isExplained)
            {
                diagnostics.Notice(insert.Table.Span, $"EXPLAIN runs nothing; the plan: {ScriptAnswers.PlanOf(job)}");
                continue;
            }

            if (jobs.Find(j => SinkConflict.IsBetween(j, job)) is { } other)
                diagnostics.Error(insert.Table.Span, $"another INSERT writes {(other.Sink.Name == job.Sink.Name ? $"'{job.Sink.Name}'" : $"the table of '{job.Sink.Name}', as '{other.Sink.Name}',")} too, and both may have a row of one key, which would be whichever was written last: {SinkConflict.Remedy(job)}");
            jobs.Add(job);
        }

        return new Script(source, jobs, diagnostics.All) { FunctionIdentities = [.. scope.Functions.Values.Where(f => f.IsOfAssembly).Select(f => f.Identity)] };
    }

    // A query alone is printed.
    private static InsertStatement Printed(QueryStatement query) =>
        new(query.Span, new Identifier(new TextSpan(query.Span.Start, Math.Min(query.Span.Length, "SELECT".Length)), "select"), null, query.Query) { IsPrinted = true };

    private static void AddNames(IReadOnlyList<Statement> statements, ScriptScope scope)
    {
        var names = scope.Here();
        foreach (var statement in statements)
            if (statement is UseStatement use)
                names.Use(use);
            else if (statement is AlterTableStatement { Change: RenameTableChange rename })
                scope.Created.Add(names.Qualified(rename.NewName));
            else if (statement is CreateTableStatement or CreateViewStatement)
                scope.Created.Add(names.Qualified(statement is CreateTableStatement table ? table.Name : ((CreateViewStatement)statement).Name));
    }

    /// <summary>Whether a table or view is to be made; of several of one name each counts up to the next.</summary>
    private static bool IsFree(Identifier name, bool ifNotExists, HashSet<string> dropped, ScriptScope scope, Diagnostics diagnostics)
    {
        var key = scope.Qualified(name);
        if (dropped.Remove(key) || !(scope.Tables.ContainsKey(key) || scope.Views.ContainsKey(key)))
            ifNotExists = false;
        else if (ifNotExists)
            diagnostics.Notice(name.Span, $"'{name.Text}' is there already, so IF NOT EXISTS leaves it as it is");
        else
            diagnostics.Notice(name.Span, $"'{name.Text}' is created once more; from here on this one counts");
        if (ifNotExists)
            return false;
        scope.Tables.Remove(key);
        scope.Views.Remove(key);
        return true;
    }

    private static bool IsKnown(CreateViewStatement view, ScriptScope scope, Diagnostics diagnostics)
    {
        var unknown = TableNames.Of(view.Query).Where(n => scope.FindView(n.Name) is null && scope.FindTable(n.Name, diagnostics) is null).ToList();
        return unknown.Count == 0;
    }

    private static void Alter(AlterTableStatement alter, ScriptScope scope, Diagnostics diagnostics)
    {
        if (scope.FindView(alter.Name) is { } view)
        {
            if (alter.Change is not RenameTableChange rename)
            {
                diagnostics.Error(alter.Name.Span, $"'{alter.Name.Text}' is a view: create it once more, which counts from there on");
                return;
            }

            scope.Views.Remove(scope.Qualified(alter.Name));
            scope.Views[scope.Qualified(rename.NewName)] = view with { Name = rename.NewName };
            return;
        }

        if (alter.IfExists && scope.GetTable(alter.Name) is null)
        {
            diagnostics.Notice(alter.Name.Span, $"there is no table '{alter.Name.Text}', so IF EXISTS leaves it at that");
            return;
        }

        if (scope.FindTable(alter.Name, diagnostics)?.Statement is not { } create
            || AlteredTable.Of(create with { Name = alter.Name with { Span = create.Name.Span } }, alter.Change, diagnostics) is not { } altered)
            return;
        scope.Tables.Remove(scope.Qualified(alter.Name));
        Add(altered, scope, diagnostics);
    }

    // Two tables of one name in different databases are two tables of a job.
    private static string NameOf(Identifier name, ScriptScope scope) =>
        scope.Tables.Values.Any(t => t.Definition.Name == name.Last) ? scope.Qualified(name).Replace('.', '_') : name.Last;

    private static void Add(CreateTableStatement create, ScriptScope scope, Diagnostics diagnostics)
    {
        var qualified = scope.Qualified(create.Name);
        if (LikeTable.Merged(create, scope, diagnostics) is not { } merged)
        {
            scope.Broken.Add(qualified);
            return;
        }

        create = merged;
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
            else if (column is QueryColumnSyntax queried)
                columns.Add(new TableColumn(column.Name.Text, queried.Type, false) { Span = column.Name.Span });
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

            if (!failed)
                diagnostics.Error(part.Span, $"the primary key names '{part.Text}', which is no column{Spelling.Suggestion(part.Text, columns.Select(c => c.Name))}");
            failed = true;
        }

        if (create.Watermark is { } watermark)
            diagnostics.Notice(watermark.Span, "WATERMARK means nothing here and is ignored: results are corrected whenever a late record comes");

        if (create.Partitioning is { } partitioning)
            diagnostics.Notice(partitioning, "how rows are partitioned means nothing here and is ignored");

        var options = new TableOptions([]);
        foreach (var option in create.Options)
        {
            if (options.TryGet(out var first, option.Name.Text) && first.Value != option.Value.Text)
                diagnostics.Warning(option.Name.Span, $"option '{option.Name.Text}' stands twice; the last one counts, as in Flink");
            options = options.With([TableOption.Of(option)]);
        }

        if (failed)
        {
            scope.Broken.Add(qualified);
            return;
        }

        var definition = new TableDefinition(NameOf(create.Name, scope), create.Name.Span, columns, key, scope.Connectors.Renamed(options, diagnostics));
        scope.Tables[qualified] = new ScriptTable(definition, computed, names) { TimeColumn = create.Watermark?.Column, Metadata = metadata, Statement = create };
        scope.Broken.Remove(qualified);
    }
}
