using Serverless.Engine.Sql;

namespace Serverless.Engine;

/// <summary>
/// Two jobs that write one table: each knows its own rows only, so a row that both have would be whichever was written last. They must provably write
/// different keys, or different columns.
/// </summary>
public static class SinkConflict
{
    /// <summary>Finds the jobs of several scripts that write one table and might write one row of it.</summary>
    public static IEnumerable<Diagnostic> Across(IEnumerable<Job> jobs)
    {
        var seen = new List<Job>();
        foreach (var job in jobs)
        {
            if (seen.Find(other => other.Script.Name != job.Script.Name && IsBetween(other, job)) is { } other)
                yield return new Diagnostic(Severity.Error, job.Script, job.Sink.Span, MessageOf(other, job));
            seen.Add(job);
        }
    }

    /// <summary>What is wrong, and what makes the table right.</summary>
    public static string MessageOf(Job one, Job other) =>
        $"jobs '{one.Name}' and '{other.Name}' both write table '{other.Sink.Name}', and both may have a row of one key, which would be whichever was written last: {Remedy(other)}";

    /// <summary>Whether two jobs write one table and might write one row of it, so that the table would be wrong.</summary>
    public static bool IsBetween(Job one, Job other) =>
        one.SinkTraits.Target is { } target && target == other.SinkTraits.Target && MeetIn(one, other);

    /// <summary>Whether two jobs might write one row, if their tables are one.</summary>
    public static bool MeetIn(Job one, Job other) => one.Sink.PrimaryKey.Count > 0 && other.Sink.PrimaryKey.Count > 0 && !HaveDifferentKeys(one, other) && !HaveDifferentColumns(one, other);

    /// <summary>What makes the table right, for the end of an error.</summary>
    public static string Remedy(Job job) =>
        $"put the rows of both together in one INSERT, as in SELECT … FROM (SELECT … UNION ALL SELECT …) GROUP BY …; or add a column to the primary key in which each writes a constant of its own, as in SELECT 'a' AS source, …, and add the rows up where they are read; or give each a table of its own"
        + (job.SinkTraits.Target is not null ? "; or, if they are to fill different columns of one row, CREATE a table for each with the key and only its columns, over the same table of the database" : "");

    private static bool HaveDifferentColumns(Job one, Job other)
    {
        if (IsDeleting(one) || IsDeleting(other))
            return false; // a deleted row is gone with the other's columns
        if (one.SinkTraits.VersionColumn is { } version && version.Equals(other.SinkTraits.VersionColumn, StringComparison.OrdinalIgnoreCase))
            return false; // the newer of the two would keep the other from writing
        return !Values(one.Sink).Intersect(Values(other.Sink), StringComparer.OrdinalIgnoreCase).Any();
    }

    private static bool IsDeleting(Job job) => job.Having is not null && job.SinkTraits.DeletesRows;

    private static IEnumerable<string> Values(TableDefinition sink) => sink.Columns.Where((_, i) => !sink.PrimaryKey.Contains(i)).Select(c => c.Name);

    private static bool HaveDifferentKeys(Job one, Job other)
    {
        foreach (var key in one.Sink.PrimaryKey)
        {
            var name = one.Sink.Columns[key].Name;
            var same = other.Sink.PrimaryKey.FirstOrDefault(k => other.Sink.Columns[k].Name.Equals(name, StringComparison.OrdinalIgnoreCase), -1);
            if (same >= 0 && ConstantValues.Of(one, key) is { } ours && ConstantValues.Of(other, same) is { } theirs && !ours.Overlaps(theirs))
                return true;
        }

        return false;
    }
}
