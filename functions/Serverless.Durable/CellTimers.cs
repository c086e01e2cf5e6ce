namespace Serverless.Durable;

/// <summary>The due times of a cell. Every operation ends with <see cref="Set"/>, so that whoever passes by sets again what is overdue.</summary>
/// <param name="job">The job.</param>
/// <param name="kind">The kind of entity the cell is.</param>
/// <param name="sent">What the cell has sent.</param>
internal sealed class CellTimers(DurableJob job, EntityKind kind, SentMessages sent)
{
    // What is exactly as old as its time allows has not outlived it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly DurableTimes _times = job.Times;
    private readonly EntityKeys _keys = new(job);
    private readonly CellEviction _eviction = new(job);
    private readonly TimeSpan? _ttl = job.Job.Settings.StateTtl is not { } ttl ? null
        : kind == EntityKind.Group && job.Compiled.IsSplit ? ttl / 2 // groups tell their shards that they live
        : ttl + Margin;

    /// <summary>Sets a timer for everything that is left to do, and again where one is overdue.</summary>
    public void Set(CellState state, string key, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (state.IsOverdue(now, _times))
            Watch(state, key, signals);

        // What is done too late is done at once.
        DateTimeOffset? In(DueTime? due, TimeSpan time) => due is null ? now + time : now;
        DueTime? Keep(DueTime? due, DateTimeOffset? wanted, string purpose, string operation) => DueTime.Keep(due, wanted, tick + purpose, now, _times.Grace, Send(operation));
        Action<DueTime> Send(string operation) => due => signals.Add(new Signal(kind, key, operation, new TickMessage(due.Id), due.At));

        _eviction.SetTimer(state, now, tick, Send(Operations.Tick));
        state.NextPage = Keep(state.NextPage, state.Rewriting is null ? null : now, "w", Operations.Tick);
        state.Timer = Keep(state.Timer, _ttl is { } ttl && state.Entries.Count > 0 ? In(state.Timer, ttl) : null, "t", Operations.Tick);
        state.Emit = Keep(state.Emit, state.Touched.Count > 0 ? In(state.Emit, _times.EmitAfter) : null, "e", Operations.Emit);
        state.Resend = Keep(state.Resend, sent.DueAt(state), "r", Operations.Tick);
        state.GapCheck = Keep(state.GapCheck, GapCheckAt(state), "g", Operations.Tick);
        state.Owed?.SetTimer(tick, now, _times, Send(Operations.Tick));
        if (state.Owed is { IsEmpty: true })
            state.Owed = null;
    }

    /// <summary>
    /// Keeps a cell in sight of the pulse while it is not at rest. Said only after something was lost: with a timer overdue, when something is sent
    /// again, and by the pulse's own visit.
    /// </summary>
    public void Watch(CellState state, string key, ICollection<Signal> signals)
    {
        if (state.Sent is not null || state.Touched.Count > 0 || state.Owed is not null || state.Gaps is not null)
            signals.Add(new Signal(EntityKind.Job, _keys.OfJob, Operations.Watch, new WatchMessage(kind, key)));
    }

    /// <summary>Whether the timer for the time to live has come.</summary>
    public static bool IsTimeToLive(CellState state, TickMessage message)
    {
        if (state.Timer?.Id != message.Id)
            return false;
        state.Timer = null;
        return true;
    }

    private DateTimeOffset? GapCheckAt(CellState state) =>
        state.Gaps is { Count: > 0 } gaps ? DateTimeOffset.FromUnixTimeMilliseconds(gaps.Values.Min()) + _times.GapAfter : null;
}
