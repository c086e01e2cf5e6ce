using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>What an entity keeps of a part of a sink's output, and, of a job of several stages, what the deltas of each of the sink's keys add up to.</summary>
public sealed record OutboxState : KeyedCellState
{
    /// <summary>The rows that wait and the versions that are written: <see cref="Engine.State.Output.Write"/>.</summary>
    public byte[]? Output { get; set; }

    /// <summary>The versions of written rows that it has let go of, the latest first; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<WrittenSegment>? Segments { get; set; }

    /// <summary>What <see cref="Segments"/> hold, of each in its place; no part of what is stored.</summary>
    [JsonIgnore]
    public IReadOnlyList<Engine.State.WrittenVersions> Former { get; set; } = [];

    /// <summary>When rows are written next, or what else is to be done is; null if nothing is.</summary>
    public DueTime? Timer { get; set; }

    /// <summary>How often in a row the sink could not be written to.</summary>
    public int Attempts { get; set; }

    /// <summary>Since when the rows that cannot be made are the same; null where there are none.</summary>
    public DateTimeOffset? FailedSince { get; set; }

    /// <summary>Until when it has said that it is full; null where it has not.</summary>
    public DateTimeOffset? FullUntil { get; set; }

    /// <summary>The earliest timestamp of the records behind the rows that wait, in milliseconds since 1970; null where none has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Oldest { get; set; }

    /// <summary>How many rows wait: what <see cref="Output"/> holds, for who looks and does not read it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Waiting { get; set; }

    /// <summary>The epoch of the rows that it takes, in milliseconds since 1970; null if what is written never changed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Epoch { get; set; }

    /// <summary>What is not of one key of what deltas add up to, of a job of several stages: <see cref="Engine.Runtime.SinkSums.Write"/>; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Sums { get; set; }

    /// <summary>Which deltas have been added, of a job of several stages: <see cref="Engine.State.StageOffsets.Write"/>; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Added { get; set; }

    /// <summary>The offsets that it lacks, of a copy; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<MissingOffsets>? Missing { get; set; }

    /// <summary>When the rows of its sums were all written again; null if they never were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rewritten? Rewritten { get; set; }

    /// <summary>That the rows of its sums are being written again; null if they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rewriting? Rewriting { get; set; }

    /// <summary>The confirmations it owes; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Confirmations? Owed { get; set; }
}
