using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>What an entity of shards does with a message: see <see cref="GroupCell"/>.</summary>
public sealed class ShardCell
{
    private readonly DurableJob _job;
    private readonly EntityKeys _keys;
    private readonly SentMessages _sent;
    private readonly CellTimers _timers;
    private readonly CellGaps _gaps;

    /// <summary>Makes one.</summary>
    /// <param name="job">The job.</param>
    public ShardCell(DurableJob job)
    {
        (_job, _keys, _sent) = (job, new EntityKeys(job), new SentMessages(job));
        (_timers, _gaps) = (new CellTimers(job, EntityKind.Shard, _sent), new CellGaps(job, EntityKind.Shard));
    }

    /// <summary>Applies slices, and tells the groups.</summary>
    /// <inheritdoc cref="GroupCell.Apply"/>
    public int Apply(CellState state, string key, SlicesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var duplicates = 0;
        var summaries = new List<SummaryPart>(message.Parts.Count);
        foreach (var part in message.Parts)
        {
            var entry = Shard.KeyOf(part.Group, part.Shard);
            var shard = Read(state, entry) ?? new Shard(_job.Compiled, part.Group, part.Shard);
            if (shard.Apply(GroupSlices.Read(_job.Compiled, part.Group, part.Shard, part.Slices).Slices.Span, now, out var known, message.SentAt ?? now) is { } summary)
                summaries.Add(new SummaryPart(part.Group, part.Shard, summary.Values, summary.Life));
            duplicates += known;
            Write(state, entry, shard);
            CellGaps.Note(state, entry, shard.Applied);
        }
        Send(state, key, summaries, message.Oldest, message.At, now, tick, signals);
        _timers.Set(state, key, now, tick, signals);
        return duplicates;
    }

    /// <summary>Hears that groups live, or that they have ended: a shard lives as long as its group.</summary>
    /// <inheritdoc cref="GroupCell.Apply"/>
    public void Live(CellState state, string key, LivesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        foreach (var life in message.Parts)
        {
            var entry = Shard.KeyOf(life.Group, life.Shard);
            if (Read(state, entry) is not { } shard)
                continue;
            var lastAt = DateTimeOffset.FromUnixTimeMilliseconds(life.LastAt);
            if (life.HasEnded && shard.EndLife(lastAt))
            {
                Remove(state, entry);
                continue;
            }
            if (!life.HasEnded)
                shard.Keep(lastAt);
            Write(state, entry, shard);
        }
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>Does what is due by a timer: deletes shards whose groups must be gone, sends again what no group has confirmed, reports gaps.</summary>
    /// <inheritdoc cref="GroupCell.Tick"/>
    public void Tick(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (CellTimers.IsTimeToLive(state, message))
            foreach (var entry in state.Entries.Keys.ToList())
                if (Read(state, entry)!.IsExpired(now))
                    Remove(state, entry);
        CellEviction.Tick(state, message);
        var summaries = new List<SummaryPart>();
        foreach (var (entry, _) in _sent.Take(state, message, now))
            if (Read(state, entry)?.Summary() is { } summary)
            {
                var (group, number) = Shard.Parse(entry);
                summaries.Add(new SummaryPart(group, number, summary.Values, summary.Life));
            }
        Send(state, key, summaries, null, null, now, tick, signals);
        if (summaries.Count > 0)
            _timers.Watch(state, key, signals);
        _gaps.Tick(state, key, message, entry => Read(state, entry) is { } shard && Shard.Parse(entry) is var (group, number) ? (group, number, shard.Applied) : null, now, signals);
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>Forgets what groups have stored.</summary>
    /// <inheritdoc cref="GroupCell.Apply"/>
    public void Confirm(CellState state, string key, ConfirmMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        SentMessages.Confirm(state, message);
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>Sets again what is overdue.</summary>
    /// <inheritdoc cref="GroupCell.Apply"/>
    public void Pulse(CellState state, string key, PulseMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        _timers.Set(state, key, now, tick, signals);
        if (message.IsWatching)
            _timers.Watch(state, key, signals);
    }

    private void Send(CellState state, string key, List<SummaryPart> summaries, long? oldest, long? at, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var number = 0;
        foreach (var place in summaries.GroupBy(s => _keys.OfGroup(s.Group)))
            foreach (var parts in Chunks.BySize(place, p => MessageLimits.Encoded(p.Values) + MessageLimits.Encoded(p.Group) + 100, MessageLimits.MostParts))
            {
                var id = $"{tick}.{number++}";
                var replaced = _sent.Add(state, new SentMessage(place.Key, id, now, [.. parts.Select(p => Shard.KeyOf(p.Group, p.Shard))]));
                signals.Add(new Signal(EntityKind.Group, place.Key, Operations.Merge, new SummariesMessage(parts, oldest, key, id, replaced, at)));
            }
    }

    private static void Remove(CellState state, string entry)
    {
        state.Entries.Remove(entry);
        state.Gaps?.Remove(entry);
    }

    private Shard? Read(CellState state, string entry)
    {
        if (state.Find(entry) is not { } bytes)
            return null;
        var (group, number) = Shard.Parse(entry);
        return Shard.Read(_job.Compiled, group, number, bytes);
    }

    private static void Write(CellState state, string entry, Shard shard)
    {
        var writer = new StateWriter();
        shard.Write(writer);
        state.Put(entry, writer.Written.ToArray());
    }
}
