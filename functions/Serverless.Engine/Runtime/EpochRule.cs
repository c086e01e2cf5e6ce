using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>
/// When a job's new epoch begins, and when it must not begin at all. What is written is stamped with the epoch: rows of a younger one are newer, whatever they are made of.
/// </summary>
public static class EpochRule
{
    /// <summary>The least time by which an epoch is younger than the one before it, whatever the clock says.</summary>
    public static readonly TimeSpan MinGap = TimeSpan.FromMinutes(1);

    /// <summary>Returns when a new epoch begins, a state that is taken up again included.</summary>
    /// <param name="former">The epochs before it.</param>
    /// <param name="now">The time.</param>
    public static DateTimeOffset Next(IEnumerable<DateTimeOffset> former, DateTimeOffset now) =>
        former.Select(f => f + MinGap).Append(now).Max();

    /// <summary>Returns the records that former states have read, or may have, and a new one would not: their rows are made of more than its own.</summary>
    /// <param name="start">Where the new state begins to read.</param>
    /// <param name="former">Where the former ones began.</param>
    public static IReadOnlyList<(int Partition, long From, long To)> MissingOf(StartOffsets start, IEnumerable<StartOffsets> former) => [.. former.SelectMany(start.MissingOf).Distinct()];

    /// <summary>Returns why a changed job must not start anew: it would overwrite right rows with rows made of fewer records. Null if it may.</summary>
    /// <param name="job">The job.</param>
    /// <param name="topic">The topic that it reads.</param>
    /// <param name="missing">The records that it would not read: see <see cref="MissingOf"/>.</param>
    public static string? RefusalOf(Job job, string topic, IReadOnlyList<(int Partition, long From, long To)> missing) =>
        missing.Count == 0 || job.Settings.IgnoreLostRecords ? null
        : $"job '{job.Name}' has changed and would start anew, but '{topic}' no longer has records that its rows are made of: {TextOf(missing)}. "
            + "They would be overwritten by rows made of fewer records. Go back to the former script, whose state is kept, or, "
            + "if that is what you want, SET 'execution.state-recovery.ignore-lost-records' = 'true'";

    /// <summary>Returns what becomes of the rows of former states, as a part of a sentence.</summary>
    /// <param name="job">The job.</param>
    /// <param name="missing">By topic, the records that the new state does not read: see <see cref="MissingOf"/>.</param>
    public static string FateOfFormerRows(Job job, IReadOnlyList<(string Topic, (int Partition, long From, long To) Range)> missing) =>
        job.Dataflow is not null && job.Sink.PrimaryKey.Count == 0 ? "its former rows stay, as its table has no primary key"
        : missing.Count == 0 ? "then former rows that it does not make are deleted"
        : $"{string.Join(" and ", missing.GroupBy(m => m.Topic, m => m.Range).Select(t => $"{TextOf(t)}{(job.Sources.Count > 1 ? $" of '{t.Key}'" : "")}"))} are not read again, so former rows that it does not make stay";

    /// <summary>Returns ranges as a part of a sentence.</summary>
    public static string TextOf(IEnumerable<(int Partition, long From, long To)> ranges) => string.Join(", ", ranges.Select(r => $"offsets {r.From} to {r.To - 1} of partition {r.Partition}"));
}
