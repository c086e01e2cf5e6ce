using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Local.Running;

/// <summary>Jobs that write one table: a script's own are the compiler's to warn of, those of several scripts are found here.</summary>
internal static class SinkTables
{
    /// <summary>Warns of tables that jobs of several scripts write.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="areEmbedded">Whether one name is one table, whatever the options say.</param>
    /// <param name="warn">Told the warnings.</param>
    /// <exception cref="CommandException">Embedded, two tables of one name differ in their columns.</exception>
    public static void Check(IReadOnlyList<Job> jobs, bool areEmbedded, Action<string> warn)
    {
        foreach (var same in jobs.GroupBy(j => j.Sink.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            var first = same.First();
            if (areEmbedded && same.FirstOrDefault(j => Shape(j.Sink) != Shape(first.Sink)) is { } other)
                throw new CommandException(
                    $"jobs '{first.Name}' and '{other.Name}' both write a table '{first.Sink.Name}', with different columns: "
                    + $"({Shape(first.Sink)}) in {first.Script.Name} and ({Shape(other.Sink)}) in {other.Script.Name}; give one of them another name, or run them with different --state folders");
            if (same.DistinctBy(j => j.Script.Name).Count() > 1)
                warn($"jobs {string.Join(" and ", same.Select(j => $"'{j.Name}'"))} write the table '{first.Sink.Name}': where both have a row of one key, the last one written stays");
        }
    }

    private static string Shape(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(c => $"{c.Name} {c.Type}"))
        + (table.PrimaryKey.Count == 0 ? "" : $", PRIMARY KEY ({string.Join(", ", table.PrimaryKey.Select(i => table.Columns[i].Name))})");
}
