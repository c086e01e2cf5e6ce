namespace Serverless.Durable;

/// <summary>That a cell is sending all its rows again: what its state holds is sent, what lies in the key store follows page by page.</summary>
/// <param name="Asked">Which demand that is: see <see cref="Rewritten.Asked"/>.</param>
/// <param name="Epoch">The epoch of the rows, in milliseconds since 1970.</param>
/// <param name="After">Where the last page ended; null if there was none.</param>
/// <param name="Rows">How many rows there were so far.</param>
/// <param name="Deletes">How many rows were left out by HAVING so far.</param>
public sealed record Rewriting(long Asked, long Epoch, string? After, int Rows, int Deletes);
