namespace Serverless.Durable;

/// <summary>Some of the values that a cell has in its <see cref="IKeyStore"/>.</summary>
/// <param name="Values">The values by key.</param>
/// <param name="Next">What the next page comes after; null if this is the last one.</param>
public sealed record KeyPage(IReadOnlyDictionary<string, byte[]> Values, string? Next);
