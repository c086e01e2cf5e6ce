namespace Serverless.Engine.Operators;

/// <summary>What a table has for a key.</summary>
/// <param name="Rows">The rows: of each the values of the columns that are wanted, boxed, null for NULL.</param>
/// <param name="Failure">Why the key cannot be looked up, or its rows not be read; null if they were.</param>
public sealed record LookupRows(IReadOnlyList<object?[]> Rows, string? Failure = null)
{
    /// <summary>No rows.</summary>
    public static LookupRows None { get; } = new([]);
}
