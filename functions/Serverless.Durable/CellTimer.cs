namespace Serverless.Durable;

/// <summary>The time to live of what a cell holds: one message to itself, on its way for as long as it holds something.</summary>
/// <param name="job">The job.</param>
/// <param name="kind">The kind of entity the cell is.</param>
internal sealed class CellTimer(DurableJob job, EntityKind kind)
{
    // What is as old as its time allows has not outlived it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly TimeSpan? _ttl = job.Job.Settings.StateTtl;

    /// <summary>Sets the timer where there is a time to live and none is set.</summary>
    public void Set(CellState state, string key, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (_ttl is not { } ttl || state.Timer is not null || state.IsEmpty)
            return;
        state.Timer = tick;
        signals.Add(new Signal(kind, key, Operations.Tick, new TickMessage(tick), now + ttl + Margin));
    }

    /// <summary>Deletes what has outlived its time, and sets the timer for the rest.</summary>
    public void Tick(CellState state, string key, TickMessage message, Func<string, byte[], bool> isExpired, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (state.Timer != message.Id)
            return;
        state.Timer = null;
        foreach (var (entry, bytes) in state.Entries.ToList())
            if (isExpired(entry, bytes))
                state.Entries.Remove(entry);
        Set(state, key, now, tick, signals);
    }
}
