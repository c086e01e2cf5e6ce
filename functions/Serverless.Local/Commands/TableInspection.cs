using Serverless.Connectors;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Local.Commands;

/// <summary>What brokers and databases say of the tables of scripts, each at its place in the script.</summary>
internal static class TableInspection
{
    /// <summary>Connects, and returns what there is to say by script; scripts without a topic or a database's table are not in it.</summary>
    /// <param name="scripts">The scripts; those with errors are left out.</param>
    /// <param name="connectors">Connects.</param>
    /// <param name="reads">Whether topics are looked at, too, and not only databases.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="CommandException">Settings are missing: all of them are named.</exception>
    public static async Task<Dictionary<Script, List<Diagnostic>>> InspectAsync(
        IReadOnlyList<Script> scripts, ConnectorFactory connectors, bool reads, CancellationToken stop)
    {
        var jobs = scripts.Where(s => !s.HasErrors).SelectMany(s => s.Jobs.Select(j => (Script: s, Job: j))).ToList();
        var sources = reads ? jobs.Select(j => (j.Script, Table: j.Job.Source)).Distinct().ToList() : [];
        var lookups = jobs.SelectMany(j => Dataflow.LookupsOf(j.Job), (j, lookup) => (j.Script, Lookup: lookup)).Distinct().ToList();
        var sinks = jobs.Select(j => (j.Script, Table: j.Job.Sink)).Distinct().ToList();
        CheckSettings([
            .. sources.Select(s => (Action)(() => connectors.CheckSourceSettings(s.Table))),
            .. lookups.Select(l => l.Lookup.Table).Concat(sinks.Select(s => s.Table)).Select(s => (Action)(() => connectors.CheckSinkSettings(s))),
        ]);
        var found = new Dictionary<Script, List<Diagnostic>>();
        foreach (var (script, table) in sources)
            Add(script, table, await connectors.InspectSourceAsync(table, stop));
        foreach (var (script, lookup) in lookups)
            Add(script, lookup.Table, await connectors.InspectLookupAsync(lookup, stop));
        foreach (var (script, table) in sinks)
            Add(script, table, await connectors.InspectSinkAsync(table, stop));
        return found;

        void Add(Script script, TableDefinition table, IReadOnlyList<TableDiagnostic>? findings)
        {
            if (findings is null)
                return;
            if (!found.TryGetValue(script, out var diagnostics))
                found[script] = diagnostics = [];
            diagnostics.AddRange(findings.Select(f => DiagnosticOf(f, script, table)).OrderBy(d => d.Span.Start));
        }
    }

    private static Diagnostic DiagnosticOf(TableDiagnostic finding, Script script, TableDefinition table) =>
        new(finding.Severity, script.Source, finding.Column is { } column ? table.Columns[column].Span : table.Span, finding.Message);

    // Every setting that is missing, in one go.
    private static void CheckSettings(IEnumerable<Action> checks)
    {
        var problems = new List<string>();
        foreach (var check in checks)
        {
            try
            {
                check();
            }
            catch (ConnectorException e)
            {
                problems.Add(e.Message);
            }
        }
        if (problems.Count > 0)
            throw new CommandException(string.Join('\n', problems.SelectMany(p => p.Split('\n')).Distinct()));
    }
}
