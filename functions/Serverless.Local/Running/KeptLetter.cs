using System.Text;

namespace Serverless.Local.Running;

/// <summary>A dead letter of a results file.</summary>
/// <param name="Id">What it is known by.</param>
/// <param name="Job">The job that set it aside.</param>
/// <param name="Topic">The record's topic; null of a row.</param>
/// <param name="Partition">The record's partition; null of a row, or of an event that could not be sent.</param>
/// <param name="Offset">The record's offset.</param>
/// <param name="Row">The row's key; null of a record.</param>
/// <param name="Reason">Why it is one.</param>
/// <param name="Value">The record as it came, or the row as JSON: text, or bytes if it is no UTF-8.</param>
internal sealed record KeptLetter(string Id, string Job, string? Topic, long? Partition, long? Offset, string? Row, string Reason, object Value)
{
    private const string Columns = "id, job, topic, \"partition\", \"offset\", row, reason, value";

    /// <summary>The value's bytes.</summary>
    public byte[] Bytes => Value as byte[] ?? Encoding.UTF8.GetBytes((string)Value);

    /// <summary>Reads letters, in the order in which they were set aside.</summary>
    /// <param name="results">The file.</param>
    /// <param name="job">The job that they are of; null for all.</param>
    /// <param name="id">The letter; null for all.</param>
    /// <param name="most">The most letters.</param>
    /// <param name="stop">Stops reading.</param>
    public static (IReadOnlyList<KeptLetter> Letters, bool HasMore) Read(ResultsReader results, string? job, string? id, int most, CancellationToken stop)
    {
        if (!results.Tables().Contains("dead_letters"))
            return ([], false);
        var found = results.Query($"SELECT {Columns} FROM dead_letters WHERE ($0 IS NULL OR job = $0) AND ($1 IS NULL OR id = $1) ORDER BY rowid", [job, id], most, stop);
        return ([.. found.Rows.Select(Of)], found.HasMore);
    }

    private static KeptLetter Of(object[] row) =>
        new((string)row[0], (string)row[1], row[2] as string, row[3] as long?, row[4] as long?, row[5] as string, (string)row[6], row[7]);
}
