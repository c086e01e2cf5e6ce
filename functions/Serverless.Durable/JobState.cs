namespace Serverless.Durable;

/// <summary>What concerns a job as a whole: which parts of its output are full, which offsets are missing, and how far it has read.</summary>
public sealed record JobState
{
    private const char Between = ' ';

    /// <summary>By part of the output, until when it is full. A part that stays full says so again before its word runs out, so a message that came late does no lasting harm.</summary>
    public Dictionary<int, DateTimeOffset> Until { get; init; } = [];

    /// <summary>The gaps that have been reported.</summary>
    public List<OpenGap> Gaps { get; init; } = [];

    /// <summary>The entities that a pulse passes by besides those with fixed keys, each with when it was heard of last.</summary>
    public Dictionary<string, DateTimeOffset> Watched { get; init; } = [];

    /// <summary>How far the job had read, oldest first.</summary>
    public List<PositionMark> Marks { get; init; } = [];

    /// <summary>Whether reading is to wait.</summary>
    public bool IsFull(DateTimeOffset now) => Until.Values.Any(until => until > now);

    /// <summary>Does an operation.</summary>
    /// <returns>Whether there is such an operation.</returns>
    public bool TryRun(IOperation operation, DurableTimes times, DateTimeOffset now)
    {
        switch (operation.Name)
        {
            case Operations.Raise when operation.Input<PressureMessage>() is { } pressure:
                Raise(pressure);
                return true;
            case Operations.Report when operation.Input<GapsMessage>() is { } gaps:
                Report(gaps, times, now);
                return true;
            case Operations.Watch when operation.Input<WatchMessage>() is { } watch:
                Watch(watch, times, now);
                return true;
            case Operations.Mark when operation.Input<PositionMark>() is { } mark:
                Mark(mark, times, now);
                return true;
            case Operations.Pulse:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes an output's word.</summary>
    public void Raise(PressureMessage message) => Until[message.Part] = message.Until;

    /// <summary>Takes note of gaps.</summary>
    public void Report(GapsMessage message, DurableTimes times, DateTimeOffset now)
    {
        foreach (var gap in message.Gaps)
        {
            var known = Gaps.FindIndex(g => g.Gap == gap);
            if (known >= 0)
                Gaps[known] = Gaps[known] with { Heard = now };
            else
                Gaps.Add(new OpenGap(gap, now, now));
        }
        Forget(times, now);
    }

    /// <summary>Takes note of an entity that is not at rest.</summary>
    public void Watch(WatchMessage message, DurableTimes times, DateTimeOffset now)
    {
        Watched[$"{message.Kind}{Between}{message.Key}"] = now;
        Forget(times, now);
    }

    /// <summary>The entities without fixed keys that a pulse passes by.</summary>
    public IEnumerable<(EntityKind Kind, string Key)> ToVisit(DurableTimes times, DateTimeOffset now) => Watched
        .Where(w => now - w.Value <= times.HeardFor)
        .Select(w => w.Key.Split(Between, 2)).Select(w => (Enum.Parse<EntityKind>(w[0]), w[1]))
        .Union(OpenGaps(times, now).Select(g => (g.Gap.Kind, g.Gap.Key)));

    /// <summary>Takes note of how far the job has read.</summary>
    public void Mark(PositionMark mark, DurableTimes times, DateTimeOffset now)
    {
        Marks.Add(mark);
        Marks.Sort((a, b) => a.At.CompareTo(b.At));
        Forget(times, now);
    }

    /// <summary>The gaps that are open: those heard of lately.</summary>
    public IEnumerable<OpenGap> OpenGaps(DurableTimes times, DateTimeOffset now) => Gaps.Where(g => now - g.Heard <= times.HeardFor);

    /// <summary>From where a new reading of a partition reads again; null if that is not known.</summary>
    public long? RereadFrom(int partition, DurableTimes times, DateTimeOffset now)
    {
        // If all are younger, the oldest is the best there is.
        var known = Marks.Where(m => m.Positions.ContainsKey(partition)).ToList();
        return (known.FindLast(m => now - m.At >= times.RereadFrom) ?? known.FirstOrDefault())?.Positions[partition];
    }

    private void Forget(DurableTimes times, DateTimeOffset now)
    {
        Gaps.RemoveAll(g => now - g.Heard > times.HeardFor);
        foreach (var (entity, heard) in Watched.ToList())
            if (now - heard > times.HeardFor)
                Watched.Remove(entity);
        // One that is old enough stays, however old.
        var newestOld = Marks.FindLast(m => now - m.At >= times.RereadFrom);
        Marks.RemoveAll(m => now - m.At > times.MarksKept && m != newestOld);
    }
}

/// <summary>A gap that has been reported.</summary>
/// <param name="Gap">The gap.</param>
/// <param name="Since">When it was reported first.</param>
/// <param name="Heard">When it was reported last.</param>
public sealed record OpenGap(Gap Gap, DateTimeOffset Since, DateTimeOffset Heard);
