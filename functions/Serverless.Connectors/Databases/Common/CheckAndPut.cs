namespace Serverless.Connectors.Databases.Common;

/// <summary>A row is overwritten only if a column's new value compares to the old one in this way: Hologres' <c>check-and-put</c>.</summary>
/// <param name="Column">The column, as an index into the table's.</param>
/// <param name="Operator">SQL's operator: new <c>Operator</c> old; <c>IS NULL</c> and <c>IS NOT NULL</c> ask the old one alone.</param>
/// <param name="NullAs">What NULL in the old row counts as, as text; null if it lets nothing pass.</param>
internal sealed record CheckAndPut(int Column, string Operator, string? NullAs)
{
    /// <summary>Whether only the old row is asked.</summary>
    public bool IsUnary => Operator.StartsWith("IS", StringComparison.Ordinal);
}
