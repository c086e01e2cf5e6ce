using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>What concerns a job as a whole: which parts of its output are full, which offsets are missing, and how far it has read.</summary>
public sealed record JobState
{
    private const char Between = ' ';
    private const int MostProgress = 4;

    // After one minute, three, six and twelve: while processes go on dying, what is told is lost, too.
    private const int QuietRounds = 4;

    /// <summary>By part of the output, until when it is full. A part that stays full says so again before its word runs out, so a message that came late does no lasting harm.</summary>
    public Dictionary<int, DateTimeOffset> Until { get; init; } = [];

    /// <summary>The gaps that have been reported.</summary>
    public List<OpenGap> Gaps { get; init; } = [];

    /// <summary>The entities that a pulse passes by besides those with fixed keys, each with when it was heard of last.</summary>
    public Dictionary<string, DateTimeOffset> Watched { get; init; } = [];

    /// <summary>By partition, how far the job had read, whenever that had changed, oldest first.</summary>
    public Dictionary<SourcePartition, List<Mark>> Marks { get; init; } = [];

    /// <summary>By partition, what was looked at once more when it had gone quiet.</summary>
    public Dictionary<SourcePartition, QuietCheck> Checks { get; init; } = [];

    /// <summary>What it had read and had still to read in the last minutes, oldest first.</summary>
    public List<Progress> Progress { get; init; } = [];

    /// <summary>By partition, where records wait and none has been committed since.</summary>
    public Dictionary<SourcePartition, Standstill> Standstills { get; init; } = [];

    /// <summary>By partition, where a job of several stages began to read; null before it has, and for other jobs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<SourcePartition, long>? Begins { get; set; }

    /// <summary>Whether reading is to wait.</summary>
    public bool IsFull(DateTimeOffset now) => Until.Values.Any(until => until > now);

    /// <summary>Does an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="times">How long things take.</param>
    /// <param name="now">The time.</param>
    /// <param name="hub">What the task hub takes; what a storage account does unless given.</param>
    /// <returns>Whether there is such an operation.</returns>
    public bool TryRun(IOperation operation, DurableTimes times, DateTimeOffset now, HubLimits? hub = null)
    {
        switch (operation.Name)
        {
            case Operations.Raise when operation.Input<PressureMessage>() is { } pressure:
                Raise(pressure);
                return true;
            case Operations.Report when operation.Input<GapsMessage>() is { } gaps:
                Report(gaps, times, now, hub);
                return true;
            case Operations.Watch when operation.Input<WatchMessage>() is { } watch:
                Watch(watch, times, now, hub);
                return true;
            case Operations.Mark when operation.Input<PositionMark>() is { } mark:
                Take(mark, times);
                return true;
            case Operations.Checked when operation.Input<QuietCheck>() is { } check:
                Checks[check.SourcePartition] = check;
                return true;
            case Operations.Begin when operation.Input<BeginMessage>() is { } begin:
                Begin(begin);
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
    public void Report(GapsMessage message, DurableTimes times, DateTimeOffset now, HubLimits? hub = null)
    {
        foreach (var gap in message.Gaps)
        {
            var known = Gaps.FindIndex(g => g.Gap == gap);
            if (known >= 0)
                Gaps[known] = Gaps[known] with { Heard = now };
            else if (Gaps.Count < (hub ?? HubLimits.StorageAccount).MostReported)
                Gaps.Add(new OpenGap(gap, now, now));
        }
        Forget(times, now);
    }

    /// <summary>Takes note of an entity that is not at rest.</summary>
    public void Watch(WatchMessage message, DurableTimes times, DateTimeOffset now, HubLimits? hub = null)
    {
        var entity = $"{message.Kind}{Between}{message.Key}";
        if (Watched.ContainsKey(entity) || Watched.Count < (hub ?? HubLimits.StorageAccount).MostReported)
            Watched[entity] = now;
        Forget(times, now);
    }

    /// <summary>The entities without fixed keys that a pulse passes by.</summary>
    public IEnumerable<(EntityKind Kind, string Key)> ToVisit(DurableTimes times, DateTimeOffset now) => Watched
        .Where(w => now - w.Value <= times.HeardFor)
        .Select(w => w.Key.Split(Between, 2)).Select(w => (Enum.Parse<EntityKind>(w[0]), w[1]))
        .Union(OpenGaps(times, now).Select(g => (g.Gap.Kind, g.Gap.Key)));

    /// <summary>Takes note of how far the job has read.</summary>
    public void Take(PositionMark mark, DurableTimes times)
    {
        foreach (var (partition, next) in mark.Positions)
        {
            if (!Marks.TryGetValue(partition, out var marks))
                Marks.Add(partition, marks = []);
            // Where the job began may be told late.
            if (marks.Count > 0 && mark.At < marks[0].At && next < marks[0].Next)
                marks.Insert(0, new Mark(mark.At, next, mark.At));
            if (marks.Count > 0 && marks[^1].Until > mark.At)
                continue;
            if (marks.Count > 0 && marks[^1].Next == next)
            {
                marks[^1] = marks[^1] with { Until = mark.At };
                continue;
            }
            marks.Add(new Mark(mark.At, next, mark.At));
            // However long nothing is read, what was read last is known with the minutes before it.
            while (marks.Count > 1 && mark.At - marks[1].At > times.MarksKept)
                marks.RemoveAt(0);
        }
        TakeEnds(mark);
        if (mark.Lag is { } lag)
            Progress.Add(new Progress(mark.At, mark.Positions.Values.Sum(), lag));
        if (Progress.Count > MostProgress)
            Progress.RemoveAt(0);
    }

    /// <summary>Takes note of where the job begins to read. A process that comes late has not read the first offset.</summary>
    public void Begin(BeginMessage message)
    {
        Begins ??= [];
        foreach (var (partition, offset) in message.Offsets)
            Begins[partition] = Math.Min(offset, Begins.GetValueOrDefault(partition, offset));
    }

    /// <summary>The partitions that have been quiet for so long that what was read last of them is looked at once more; and then again some times, ever more seldom.</summary>
    /// <param name="times">How long things take.</param>
    /// <param name="now">The time.</param>
    /// <param name="settledAfter">See <see cref="DurableJob.SettledAfter"/>.</param>
    public IEnumerable<QuietCheck> QuietChecks(DurableTimes times, DateTimeOffset now, TimeSpan? settledAfter = null)
    {
        foreach (var (partition, marks) in Marks)
        {
            var last = marks[^1];
            var check = Checks.TryGetValue(partition, out var known) && known.Next == last.Next ? known : new QuietCheck(partition.Partition, last.Next, -1, 0, partition.Source);
            if (now - last.At > settledAfter || check.Round >= QuietRounds || now - last.At < (check.Round == 0 ? times.CoverEvery : times.CoverAgainAfter * (1 << (check.Round - 1))))
                continue;
            yield return check.From >= 0 ? check : check with { From = RereadFrom(partition, last.Next, times, now - settledAfter) ?? last.Next };
        }
    }

    /// <summary>The gaps that are open: those heard of lately.</summary>
    public IEnumerable<OpenGap> OpenGaps(DurableTimes times, DateTimeOffset now) => Gaps.Where(g => now - g.Heard <= times.HeardFor);

    /// <summary>Whether there is more and more to read and nothing is done.</summary>
    public bool IsStuck(DurableTimes times) =>
        Progress is [{ } first, .., { } last] && last.At - first.At >= times.StuckAfter && last.Done == first.Done && last.Lag > first.Lag;

    /// <summary>
    /// The partitions in which records have waited for too long while none was committed, though the sink takes rows. What was heard last counts: brokers that do not
    /// answer are another trouble.
    /// </summary>
    public IEnumerable<Standstill> StandingStill(DurableTimes times, DateTimeOffset now) =>
        Standstills.Values.Where(s => s.Heard - s.Since >= times.StandstillAfter && now - s.Heard <= times.HeardFor).OrderBy(s => s.Source).ThenBy(s => s.Partition);

    /// <summary>For how long records have waited in a partition while none was committed, at most; zero if all go on.</summary>
    public TimeSpan LongestStandstill => Standstills.Values.Select(s => s.Heard - s.Since).DefaultIfEmpty().Max();

    /// <summary>From where a new reading of a partition reads again: where the job was some minutes before it came to an offset. Null if that is not known.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="times">How long things take.</param>
    /// <param name="since">What was read before then is not read again.</param>
    public long? RereadFrom(SourcePartition partition, long offset, DurableTimes times, DateTimeOffset? since = null)
    {
        if (!Marks.TryGetValue(partition, out var marks) || marks.Count == 0)
            return null;
        // When it came to the offset lies behind the last mark before it.
        var before = marks.FindLastIndex(m => m.Next < offset);
        var at = marks[Math.Max(0, before)].At;
        var from = (marks.FindLast(m => at - m.At >= times.RereadFrom) ?? marks[0]).Next;
        return since is null ? from : Math.Max(from, marks.Find(m => m.Until >= since)?.Next ?? offset);
    }

    private void TakeEnds(PositionMark mark)
    {
        foreach (var (partition, end) in mark.Ends ?? new Dictionary<SourcePartition, long>())
        {
            var known = Standstills.GetValueOrDefault(partition);
            if (known?.Heard >= mark.At)
                continue;
            if (!mark.Positions.TryGetValue(partition, out var next) || next >= end)
                Standstills.Remove(partition);
            else
                // While a sink is behind, reading waits for it.
                Standstills[partition] = new Standstill(partition.Partition, next, known?.Next == next && !IsFull(mark.At) ? known.Since : mark.At, mark.At, partition.Source);
        }
    }

    private void Forget(DurableTimes times, DateTimeOffset now)
    {
        Gaps.RemoveAll(g => now - g.Heard > times.HeardFor);
        foreach (var (entity, heard) in Watched.ToList())
            if (now - heard > times.HeardFor)
                Watched.Remove(entity);
    }
}

/// <summary>A gap that has been reported.</summary>
/// <param name="Gap">The gap.</param>
/// <param name="Since">When it was reported first.</param>
/// <param name="Heard">When it was reported last.</param>
public sealed record OpenGap(Gap Gap, DateTimeOffset Since, DateTimeOffset Heard);

/// <summary>How far a job had read a partition.</summary>
/// <param name="At">When.</param>
/// <param name="Next">The offset behind the last one that was done.</param>
/// <param name="Until">When that was still so.</param>
public sealed record Mark(DateTimeOffset At, long Next, DateTimeOffset Until);

/// <summary>How far a job had read.</summary>
/// <param name="At">When.</param>
/// <param name="Done">The sum of its positions.</param>
/// <param name="Lag">The records that were still to be read.</param>
public sealed record Progress(DateTimeOffset At, long Done, long Lag);

/// <summary>A partition in which records wait.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Next">The offset that is committed.</param>
/// <param name="Since">Since when.</param>
/// <param name="Heard">When that was still so.</param>
/// <param name="Source">The source, by its place among the job's.</param>
public sealed record Standstill(
    int Partition,
    long Next,
    DateTimeOffset Since,
    DateTimeOffset Heard,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Source = 0);

/// <summary>What is looked at once more of a partition that has gone quiet.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Next">How far it is read.</param>
/// <param name="From">From where on; -1 for from some minutes before.</param>
/// <param name="Round">How often it has been looked at.</param>
/// <param name="Source">The source, by its place among the job's.</param>
public sealed record QuietCheck(
    int Partition,
    long Next,
    long From,
    int Round,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Source = 0)
{
    /// <summary>The partition with its source.</summary>
    [JsonIgnore]
    public SourcePartition SourcePartition => new(Source, Partition);
}
