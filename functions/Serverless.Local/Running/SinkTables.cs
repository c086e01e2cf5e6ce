using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Local.Running;

/// <summary>Jobs that write one table: a script's own are the compiler's to warn of, those of several scripts are found here.</summary>
internal static class SinkTables
{
    /// <summary>Returns a warning for each table that jobs of several scripts write, at the last of them.</summary>
    public static IEnumerable<Diagnostic> Shared(IReadOnlyList<Job> jobs) =>
        from same in ByTable(jobs)
        where same.DistinctBy(j => j.Script.Name).Count() > 1
        select new Diagnostic(
            Severity.Warning, same.Last().Script, same.Last().Sink.Span,
            $"jobs {string.Join(" and ", same.Select(j => $"'{j.Name}'"))} write the table '{same.First().Sink.Name}': where both have a row of one key, the last one written stays");

    /// <summary>Makes sure that jobs that write tables of one name write tables of one shape, as one file has one table of a name.</summary>
    /// <exception cref="CommandException">Two of them differ in their columns.</exception>
    public static void RequireOneShape(IReadOnlyList<Job> jobs)
    {
        foreach (var same in ByTable(jobs))
        {
            var first = same.First();
            if (same.FirstOrDefault(j => Shape(j.Sink) != Shape(first.Sink)) is { } other)
                throw new CommandException(
                    $"jobs '{first.Name}' and '{other.Name}' both write a table '{first.Sink.Name}', with different columns: "
                    + $"({Shape(first.Sink)}) in {first.Script.Name} and ({Shape(other.Sink)}) in {other.Script.Name}; give one of them another name, or run them with different --state folders");
        }
    }

    private static IEnumerable<IGrouping<string, Job>> ByTable(IReadOnlyList<Job> jobs) =>
        jobs.GroupBy(j => j.Sink.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1);

    private static string Shape(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(c => $"{c.Name} {c.Type}"))
        + (table.PrimaryKey.Count == 0 ? "" : $", PRIMARY KEY ({string.Join(", ", table.PrimaryKey.Select(i => table.Columns[i].Name))})");
}
