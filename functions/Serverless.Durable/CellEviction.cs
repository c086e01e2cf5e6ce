using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// What of an entity goes to the key store. When it holds much, all its keys age, under a new version, and a timer is set; what is touched is young
/// again. When that timer comes, the state in which the others aged is stored, or the timer is not the one that the stored state knows: they are as they were there,
/// are put into the key store under that version, and leave the state.
/// </summary>
/// <param name="job">The job.</param>
public sealed class CellEviction(DurableJob job)
{
    /// <summary>The largest state of one key that leaves its entity.</summary>
    public const int LargestEntry = 512 * 1024;

    /// <summary>Lets what is at rest age if there is much of it, and sets the timer.</summary>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for a timer that may be set.</param>
    /// <param name="send">Sends a timer's message.</param>
    public void SetTimer(KeyedCellState state, DateTimeOffset now, string tick, Action<DueTime> send)
    {
        Age(state);
        // What is done too late is done at once.
        var wanted = state.Aging is null ? (DateTimeOffset?)null : state.Evict is null ? now + job.Times.EvictAfter : now;
        state.Evict = DueTime.Keep(state.Evict, wanted, tick + "v", now, job.Times.Grace, send);
    }

    /// <summary>Lets go of what has aged, which <see cref="KeyTransfer.PutAwayAsync"/> has written, if the timer is the one that counts.</summary>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="message">The timer.</param>
    public static void Tick(KeyedCellState state, TickMessage message)
    {
        if (state.Evict?.Id != message.Id)
            return;
        (state.Evict, state.Aging) = (null, null);
    }

    private void Age(KeyedCellState state)
    {
        if (job.HotBytes is not { } most || state.Evict is not null || state.EntryBytes <= most)
            return;
        var staying = state.Entries.Where(e => e.Value.Length > LargestEntry || !state.MayLeave(e.Key)).ToList();
        if (staying.Count == state.Entries.Count)
            return;
        var aging = state.Entries;
        foreach (var (entry, _) in staying)
            aging.Remove(entry);
        state.Entries = new PackedDictionary(staying);
        (state.Aging, state.Evictions) = (aging, state.Evictions + 1);
    }
}
