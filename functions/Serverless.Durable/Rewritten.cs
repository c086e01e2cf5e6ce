namespace Serverless.Durable;

/// <summary>That a cell has sent all its rows again.</summary>
/// <param name="Asked">Which demand that was: see <see cref="Rewrite.At"/>; in milliseconds since 1970.</param>
/// <param name="Epoch">The epoch of the rows, in milliseconds since 1970: a process of an older one has no more to do here.</param>
/// <param name="At">When they were sent.</param>
/// <param name="Rows">How many rows there were.</param>
/// <param name="Deletes">How many rows were left out by HAVING.</param>
public sealed record Rewritten(long Asked, long Epoch, DateTimeOffset At, int Rows, int Deletes);
