using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>What an entity of shards does with a message: see <see cref="GroupCell"/>.</summary>
/// <param name="job">The job.</param>
public sealed class ShardCell(DurableJob job)
{
    private readonly Placement _placement = new(job);
    private readonly CellTimer _timer = new(job, EntityKind.Shard);

    /// <summary>Applies slices, and tells the groups.</summary>
    /// <inheritdoc cref="GroupCell.Apply"/>
    public int Apply(CellState state, string key, SlicesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var duplicates = 0;
        var summaries = new List<SummaryPart>(message.Parts.Count);
        foreach (var part in message.Parts)
        {
            var entry = Shard.KeyOf(part.Group, part.Shard);
            var shard = Read(state, entry, part.Group, part.Shard);
            if (shard.Apply(GroupSlices.Read(job.Compiled, part.Group, part.Shard, part.Slices).Slices.Span, now, out var known) is { } summary)
                summaries.Add(new SummaryPart(part.Group, part.Shard, summary.Values));
            duplicates += known;
            var writer = new StateWriter();
            shard.Write(writer);
            state.Entries[entry] = writer.Written.ToArray();
        }
        foreach (var place in summaries.GroupBy(s => _placement.OfGroup(s.Group)))
            foreach (var parts in Chunks.BySize(place, p => p.Values.Length, MessageLimits.MaxBytes))
                signals.Add(new Signal(EntityKind.Group, place.Key, Operations.Merge, new SummariesMessage(parts, message.Oldest)));
        _timer.Set(state, key, now, tick, signals);
        return duplicates;
    }

    /// <summary>Deletes shards that have outlived <c>table.exec.state.ttl</c>.</summary>
    /// <inheritdoc cref="GroupCell.Tick"/>
    public void Tick(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals) =>
        _timer.Tick(state, key, message, (entry, bytes) =>
        {
            var (group, number) = Shard.Parse(entry);
            return Shard.Read(job.Compiled, group, number, bytes).IsExpired(now);
        }, now, tick, signals);

    private Shard Read(CellState state, string entry, string group, int number) => state.Entries.TryGetValue(entry, out var bytes)
        ? Shard.Read(job.Compiled, group, number, bytes)
        : new Shard(job.Compiled, group, number);
}
