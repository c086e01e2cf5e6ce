using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>What an entity keeps of groups or shards: one, or with <c>state.cells</c> its share of them all.</summary>
public sealed record CellState
{
    /// <summary>Each group's or shard's state under its key.</summary>
    public Dictionary<string, byte[]> Entries { get; init; } = [];

    /// <summary>The one <see cref="TickMessage"/> that counts; null where none is on its way.</summary>
    public string? Timer { get; set; }

    /// <summary>The groups whose shards have said something that is not in rows yet.</summary>
    public HashSet<string> Touched { get; init; } = [];

    /// <summary>The one <see cref="Operations.Emit"/> that counts; null where none is on its way.</summary>
    public string? Emit { get; set; }

    /// <summary>The earliest timestamp of the records behind <see cref="Touched"/>, in milliseconds since 1970; null where none has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Oldest { get; set; }

    /// <summary>Whether there is nothing to keep.</summary>
    [JsonIgnore]
    public bool IsEmpty => Entries.Count == 0;
}
