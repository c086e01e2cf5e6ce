namespace Serverless.Engine.Ingest;

/// <summary>A record that is not what the source's format says; the message becomes the dead letter's reason.</summary>
internal sealed class DecodeException(string message, DeadLetterKind kind = DeadLetterKind.Record) : Exception(message)
{
    /// <summary>Whether the record as a whole is wrong, or one of its fields.</summary>
    public DeadLetterKind Kind { get; } = kind;
}
