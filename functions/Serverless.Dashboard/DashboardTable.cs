using Serverless.Connectors;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Dashboard;

/// <summary>A table that jobs write.</summary>
/// <param name="Id">What it is asked for by: its name, or <c>name@job</c> where two different tables have one name.</param>
/// <param name="Jobs">The jobs that write it.</param>
/// <param name="Reader">What reads it; null where it cannot be read.</param>
/// <param name="Reason">Why not; null where it can.</param>
internal sealed record DashboardTable(string Id, IReadOnlyList<Job> Jobs, ITableReader? Reader, string? Reason)
{
    /// <summary>The table as the script has it.</summary>
    public TableDefinition Definition => Jobs[0].Sink;

    /// <summary>The connector's name.</summary>
    public string Connector => Definition.Connector;

    /// <summary>The tables of jobs, in the order of the jobs.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="readerOf">Makes what reads a table; null where it cannot be read.</param>
    public static IReadOnlyList<DashboardTable> Of(IReadOnlyList<Job> jobs, Func<TableDefinition, ITableReader?> readerOf)
    {
        var tables = jobs.GroupBy(j => Identity(j.Sink)).Select(g => g.ToList()).ToList();
        var shared = tables.GroupBy(t => t[0].Sink.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        return [.. tables.Select(t => Make(shared.Contains(t[0].Sink.Name) ? $"{t[0].Sink.Name}@{t[0].Name}" : t[0].Sink.Name, t, readerOf))];
    }

    private static DashboardTable Make(string id, IReadOnlyList<Job> jobs, Func<TableDefinition, ITableReader?> readerOf)
    {
        try
        {
            return readerOf(jobs[0].Sink) is { } reader
                ? new DashboardTable(id, jobs, reader, null)
                : new DashboardTable(id, jobs, null, $"a '{jobs[0].Sink.Connector}' table keeps nothing that can be read here");
        }
        catch (ConnectorException e)
        {
            return new DashboardTable(id, jobs, null, e.Message);
        }
    }

    // All that says which table it is, and how it looks.
    private static string Identity(TableDefinition table) => string.Join(
        '\n',
        [
            table.Name, .. table.Columns.Select(c => $"{c.Name} {c.Type}"), string.Join(',', table.PrimaryKey),
            .. table.Options.All.Where(o => !SecretOptions.IsSecret(o.Name)).Select(o => $"{o.Name.ToLowerInvariant()} = {o.Value}").Order(StringComparer.Ordinal),
        ]);
}
