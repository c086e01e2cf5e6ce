namespace Serverless.Engine.State;

/// <summary>
/// The rows that a former job made and the present one does not: what is left to delete when a script has changed. Both write one table, with the
/// same primary key. Pure, and in memory: it keeps the key of every row that the present job has.
/// </summary>
/// <param name="job">The present job.</param>
public sealed class OrphanedRows(Job job)
{
    private readonly HashSet<string> _made = [];

    /// <summary>Keeps the rows that the present job has, those that cannot be made for now among them.</summary>
    /// <param name="answer">All rows of one of its groups.</param>
    public void Keep(in GroupAnswer answer)
    {
        foreach (var row in answer.Rows)
            if (!row.IsDelete)
                _made.Add(row.Key);
        foreach (var failure in answer.Failures)
            _made.Add(failure.Key);
    }

    /// <summary>Returns the deletes of the rows of a former job's group that the present job does not have, each key once. All groups must have been kept before.</summary>
    /// <param name="former">The former job.</param>
    /// <param name="answer">All rows of one of its groups.</param>
    public IEnumerable<RowChange> DeletesOf(Job former, GroupAnswer answer)
    {
        foreach (var row in answer.Rows)
            if (!row.IsDelete && _made.Add(row.Key))
                yield return row with { IsDelete = true, Values = KeyValues(former, row) };
    }

    // The key's columns may stand at other places in the former script's table.
    private object?[] KeyValues(Job former, RowChange row)
    {
        var values = new object?[job.Sink.Columns.Count];
        foreach (var (from, to) in former.Sink.PrimaryKey.Zip(job.Sink.PrimaryKey))
            values[to] = row.Values[from];
        return values;
    }
}
