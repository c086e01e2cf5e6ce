using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Local.Running;

/// <summary>Finds jobs that share a table only because the sinks are embedded, where a table has the name that its script gives it. Other conflicts are found when scripts are compiled.</summary>
internal static class SinkTables
{
    /// <summary>Makes sure that jobs that write one embedded table agree about it.</summary>
    /// <exception cref="CommandException">Their columns differ, or they might write one row.</exception>
    public static void CheckEmbedded(IReadOnlyList<Job> jobs)
    {
        foreach (var same in jobs.Where(j => j.SinkTraits.Target is not null).GroupBy(j => j.Sink.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            var seen = new List<Job>();
            foreach (var job in same)
            {
                if (seen.Find(j => Shape(j.Sink.Declared) != Shape(job.Sink.Declared)) is { } other)
                    throw new CommandException(
                        $"jobs '{other.Name}' and '{job.Name}' both write a table '{other.Sink.Name}', with different columns: "
                        + $"({Shape(other.Sink.Declared)}) in {other.Script.Name} and ({Shape(job.Sink.Declared)}) in {job.Script.Name}; give one of them another name, or run them with different --state folders");
                if (seen.Find(j => SinkConflict.MeetIn(j, job)) is { } meets)
                    throw new CommandException(SinkConflict.MessageOf(meets, job));
                seen.Add(job);
            }
        }
    }

    private static string Shape(TableDefinition table) =>
        string.Join(", ", table.Columns.Select(c => $"{c.Name} {c.Type}"))
        + (table.PrimaryKey.Count == 0 ? "" : $", PRIMARY KEY ({string.Join(", ", table.PrimaryKey.Select(i => table.Columns[i].Name))})");
}
