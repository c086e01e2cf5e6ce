using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>What an entity keeps of groups or shards: its share of them all, or, if <c>state.cells</c> is <c>none</c>, one.</summary>
public sealed record CellState : KeyedCellState
{
    /// <summary>What an operation is given of the key store; no part of what is stored.</summary>
    [JsonIgnore]
    public KeyPage? Page { get; set; }

    /// <summary>When it deletes what has outlived its time to live; null if nothing is to be.</summary>
    public DueTime? Timer { get; set; }

    /// <summary>The groups whose shards have said something that is not in rows yet.</summary>
    public HashSet<string> Touched { get; init; } = [];

    /// <summary>When the rows of <see cref="Touched"/> are sent; null if there are none.</summary>
    public DueTime? Emit { get; set; }

    /// <summary>The earliest timestamp of the records behind <see cref="Touched"/>, in milliseconds since 1970; null if none has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Oldest { get; set; }

    /// <summary>The messages that are not confirmed; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<SentMessage>? Sent { get; set; }

    /// <summary>When it sends again what is not confirmed by then; null if all is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DueTime? Resend { get; set; }

    /// <summary>The confirmations it owes; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Confirmations? Owed { get; set; }

    /// <summary>The groups or shards that lack offsets, each since when in milliseconds since 1970; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, long>? Gaps { get; set; }

    /// <summary>When it reports those that are still open then; null if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DueTime? GapCheck { get; set; }

    /// <summary>When its rows were all written again; null if they never were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rewritten? Rewritten { get; set; }

    /// <summary>That its rows are being written again; null if they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rewriting? Rewriting { get; set; }

    /// <summary>When the next page of that follows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DueTime? NextPage { get; set; }

    /// <summary>The latest epoch of rows that it has sent, in milliseconds since 1970; null if what is written never changed.</summary>
    [JsonIgnore]
    public long? Epoch => Rewriting?.Epoch > (Rewritten?.Epoch ?? long.MinValue) ? Rewriting.Epoch : Rewritten?.Epoch;

    /// <inheritdoc />
    public override bool MayLeave(string entry) => !Touched.Contains(entry) && Gaps?.ContainsKey(entry) is not true;

    /// <summary>Returns whether something is due for so long that its message must have been lost.</summary>
    public bool IsOverdue(DateTimeOffset now, DurableTimes times) =>
        ((DueTime?[])[Emit, Resend, GapCheck, Evict, NextPage, Owed?.Due]).Any(due => due?.IsOverdue(now, times.Grace) is true);

    /// <summary>What it takes up as JSON, roughly.</summary>
    [JsonIgnore]
    public long Size => EntryBytes + (Owed?.Size ?? 0);

    /// <summary>Whether there is nothing to keep.</summary>
    [JsonIgnore]
    public bool IsEmpty => !HasEntries && Owed is null;
}
