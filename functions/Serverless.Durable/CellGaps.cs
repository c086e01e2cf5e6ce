using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// The gaps that a cell's groups or shards have proof of. Young, a gap is a message on its way; an old one is reported to the job's entity, again and
/// again while it is open, and the pulse reads it from the topic again.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="kind">The kind of entity the cell is.</param>
internal sealed class CellGaps(DurableJob job, EntityKind kind)
{
    private readonly EntityKeys _keys = new(job);

    /// <summary>Takes note of the gaps of a group or shard, or that it has none.</summary>
    public static void Note(CellState state, string entry, AppliedOffsets? applied)
    {
        var since = long.MaxValue;
        foreach (var gap in applied?.Gaps ?? [])
            since = Math.Min(since, gap.Since);
        if (since < long.MaxValue)
            (state.Gaps ??= [])[entry] = since;
        else if (state.Gaps?.Remove(entry) is true && state.Gaps.Count == 0)
            state.Gaps = null;
    }

    /// <summary>Reports the gaps that have been open for too long if the timer is the one that counts.</summary>
    /// <param name="state">The cell's state.</param>
    /// <param name="key">The cell's key.</param>
    /// <param name="message">The timer.</param>
    /// <param name="gapsOf">A group's or shard's key, its number (-1 for a group), and its offsets; null if it is no more.</param>
    /// <param name="now">The time.</param>
    /// <param name="signals">Gets the report.</param>
    public void Tick(CellState state, string key, TickMessage message, Func<string, (string Group, int Shard, AppliedOffsets? Applied)?> gapsOf, DateTimeOffset now, ICollection<Signal> signals)
    {
        if (state.GapCheck?.Id != message.Id)
            return;
        state.GapCheck = null;
        var open = new List<Gap>();
        foreach (var (entry, since) in state.Gaps?.ToList() ?? [])
        {
            if (gapsOf(entry) is not var (group, shard, applied) || applied is null)
            {
                state.Gaps!.Remove(entry);
                continue;
            }
            if (now.ToUnixTimeMilliseconds() - since < job.Times.GapAfter.TotalMilliseconds)
                continue;
            open.AddRange(applied.Gaps.Select(g => new Gap(kind, key, group, shard, g.Partition, g.First, g.Last)));
            state.Gaps![entry] = now.ToUnixTimeMilliseconds(); // again after as long
        }
        if (state.Gaps is { Count: 0 })
            state.Gaps = null;
        foreach (var gaps in Chunks.BySize(open, g => MessageLimits.Encoded(g.Group) + MessageLimits.Encoded(g.Key) + 150, MessageLimits.MostParts))
            signals.Add(new Signal(EntityKind.Job, _keys.OfJob, Operations.Report, new GapsMessage(gaps)));
    }
}
