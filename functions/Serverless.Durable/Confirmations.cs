using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>
/// The confirmations that an entity owes those that sent to it. It confirms nothing but what its stored state holds: an execution may be done again, or
/// not at all, after its messages went out. So what arrives is open at first; it is sealed when the timer is set, and confirmed when that timer comes, by
/// which time the state with the seal is stored, or the timer is not the one that the stored state knows.
/// </summary>
public sealed record Confirmations
{
    /// <summary>By sender, the ids of the messages received since the timer was set.</summary>
    public Dictionary<string, HashSet<string>> Open { get; init; } = [];

    /// <summary>By sender, the ids that are confirmed when the timer comes.</summary>
    public Dictionary<string, HashSet<string>> Sealed { get; init; } = [];

    /// <summary>When that is.</summary>
    public DueTime? Due { get; set; }

    /// <summary>Whether nothing is owed.</summary>
    [JsonIgnore]
    public bool IsEmpty => Open.Count == 0 && Sealed.Count == 0;

    /// <summary>What it takes up as JSON, roughly.</summary>
    [JsonIgnore]
    public long Size => Open.Concat(Sealed).Sum(s => MessageLimits.Encoded(s.Key) + 10 + s.Value.Sum(id => id.Length + 3L));

    /// <summary>Takes note of a message.</summary>
    /// <param name="from">The sender's key.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="replaces">The messages that the sender waits for no more, because of this one.</param>
    public void Received(string from, string id, IReadOnlyList<string>? replaces)
    {
        if (!Open.TryGetValue(from, out var ids))
            Open.Add(from, ids = []);
        if (replaces is not null)
            ids.ExceptWith(replaces);
        ids.Add(id);
    }

    /// <summary>Confirms what is sealed if the timer is the one that counts.</summary>
    /// <param name="message">The timer.</param>
    /// <param name="senders">The kind of entity that the senders are.</param>
    /// <param name="signals">Gets the confirmations, one a sender.</param>
    public void Tick(TickMessage message, EntityKind senders, ICollection<Signal> signals)
    {
        if (Due?.Id != message.Id)
            return;
        foreach (var (sender, ids) in Sealed)
            signals.Add(new Signal(senders, sender, Operations.Confirm, new ConfirmMessage([.. ids])));
        Sealed.Clear();
        Due = null;
    }

    /// <summary>Seals what is open and sets the timer, unless it is set.</summary>
    /// <param name="tick">A new id.</param>
    /// <param name="now">The time.</param>
    /// <param name="times">How long things take.</param>
    /// <param name="send">Sends the timer.</param>
    public void SetTimer(string tick, DateTimeOffset now, DurableTimes times, Action<DueTime> send)
    {
        if (Due is null)
        {
            foreach (var (sender, ids) in Open)
                if (!Sealed.TryAdd(sender, ids))
                    Sealed[sender].UnionWith(ids);
            Open.Clear();
        }
        Due = DueTime.Keep(Due, Sealed.Count > 0 ? now + times.ConfirmEvery : null, tick + "c", now, times.Grace, send);
    }
}
