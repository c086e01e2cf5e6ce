using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>What an entity keeps of a part of a sink's output.</summary>
public sealed record OutputState
{
    /// <summary>The rows that wait and the versions that are written: <see cref="Engine.State.Output.Write"/>.</summary>
    public byte[]? Output { get; set; }

    /// <summary>The one <see cref="TickMessage"/> that counts; null where none is on its way.</summary>
    public string? Timer { get; set; }

    /// <summary>How often in a row the sink could not be written to.</summary>
    public int Attempts { get; set; }

    /// <summary>Since when the rows that cannot be made are the same; null where there are none.</summary>
    public DateTimeOffset? FailedSince { get; set; }

    /// <summary>Until when it has said that it is full; null where it has not.</summary>
    public DateTimeOffset? FullUntil { get; set; }

    /// <summary>The earliest timestamp of the records behind the rows that wait, in milliseconds since 1970; null where none has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Oldest { get; set; }
}
