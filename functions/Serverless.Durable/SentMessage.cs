namespace Serverless.Durable;

/// <summary>A message that a cell has sent and that its receiver has not confirmed.</summary>
/// <param name="To">The receiver's key.</param>
/// <param name="Id">The message's id.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Entries">The groups or shards whose values were in it, and in no later one.</param>
public sealed record SentMessage(string To, string Id, DateTimeOffset At, List<string> Entries);

/// <summary>What a cell has sent and is not confirmed: it sends that again from its state, not the messages as they were.</summary>
/// <param name="job">The job.</param>
internal sealed class SentMessages(DurableJob job)
{
    // A group's only row takes the place of the one before; of a timeline a later message may hold fewer rows.
    private readonly bool _newestIsEnough = job.Job.Timeline is null;

    /// <summary>Takes note of a message.</summary>
    /// <returns>The messages to the same receiver that need no confirmation any more; null for none.</returns>
    public IReadOnlyList<string>? Add(CellState state, SentMessage message)
    {
        List<string>? replaced = null;
        if (_newestIsEnough && state.Sent is { } sent)
        {
            var entries = message.Entries.ToHashSet();
            foreach (var old in sent)
                if (old.To == message.To && old.Entries.RemoveAll(entries.Contains) > 0 && old.Entries.Count == 0)
                    (replaced ??= []).Add(old.Id);
            sent.RemoveAll(s => s.Entries.Count == 0);
        }
        (state.Sent ??= []).Add(message);
        return replaced;
    }

    /// <summary>Forgets what is confirmed.</summary>
    public static void Confirm(CellState state, ConfirmMessage message)
    {
        state.Sent?.RemoveAll(s => message.Ids.Contains(s.Id));
        Tidy(state);
    }

    /// <summary>Returns the groups or shards that <see cref="Take"/> would take.</summary>
    public IEnumerable<string> Overdue(CellState state, TickMessage message, DateTimeOffset now) =>
        state.Resend?.Id == message.Id && state.Sent is { } sent ? sent.Where(s => now - s.At >= job.Times.ResendAfter).SelectMany(s => s.Entries) : [];

    /// <summary>Takes what nobody has confirmed for too long if the timer is the one that counts.</summary>
    /// <returns>The groups or shards, and to whom their values are to be sent again.</returns>
    public IReadOnlyList<(string Entry, IReadOnlySet<string> To)> Take(CellState state, TickMessage message, DateTimeOffset now)
    {
        if (state.Resend?.Id != message.Id)
            return [];
        state.Resend = null;
        var overdue = state.Sent?.Where(s => now - s.At >= job.Times.ResendAfter).ToList() ?? [];
        state.Sent?.RemoveAll(overdue.Contains);
        Tidy(state);
        return [.. overdue.SelectMany(s => s.Entries, (s, entry) => (s.To, entry)).GroupBy(s => s.entry, s => s.To).Select(g => (g.Key, (IReadOnlySet<string>)g.ToHashSet()))];
    }

    /// <summary>When something is to be sent again; null if all is confirmed.</summary>
    public DateTimeOffset? DueAt(CellState state) => state.Sent is { Count: > 0 } sent ? sent.Min(s => s.At) + job.Times.ResendAfter : null;

    private static void Tidy(CellState state)
    {
        if (state.Sent is { Count: 0 })
            state.Sent = null;
    }
}
