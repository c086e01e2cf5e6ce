namespace Serverless.Engine.Ingest;

/// <summary>What is wrong with a dead letter, roughly: few kinds, to be counted by; the reason says it in words.</summary>
public enum DeadLetterKind
{
    /// <summary>The record cannot be decoded.</summary>
    Record,

    /// <summary>A field of the record is missing, or cannot be what its column's type says.</summary>
    Field,

    /// <summary>An expression fails for the record, or makes NULL of a key that must not be.</summary>
    Expression,

    /// <summary>The sink refuses the row for good.</summary>
    Refused,

    /// <summary>The row cannot be made of its group's aggregates.</summary>
    Row,
}
