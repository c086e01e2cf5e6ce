namespace Serverless.Durable;

/// <summary>A message to an entity.</summary>
/// <param name="To">Its kind.</param>
/// <param name="Key">Its key.</param>
/// <param name="Operation">What it is to do.</param>
/// <param name="Input">With what.</param>
/// <param name="At">Not before then; null for at once.</param>
public sealed record Signal(EntityKind To, string Key, string Operation, object Input, DateTimeOffset? At = null);
