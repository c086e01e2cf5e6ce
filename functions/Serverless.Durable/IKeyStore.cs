namespace Serverless.Durable;

/// <summary>
/// Where entities put the keys that have gone cold. It holds nothing but what a stored state held, under the version that the state gave it: an execution
/// that is repeated or lost writes the same again, and a late one does not overwrite what is newer.
/// </summary>
public interface IKeyStore
{
    /// <summary>Reads the values under keys.</summary>
    /// <param name="kind">The cell's kind.</param>
    /// <param name="cell">The cell's key.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The values that are there.</returns>
    Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(EntityKind kind, string cell, IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Writes values; those that are there in the same or a later version stay.</summary>
    /// <param name="kind">The cell's kind.</param>
    /// <param name="cell">The cell's key.</param>
    /// <param name="version">The version.</param>
    /// <param name="values">The values by key.</param>
    /// <param name="cancellationToken">Gives up; some may be written.</param>
    Task WriteAsync(EntityKind kind, string cell, long version, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken);

    /// <summary>Reads some of a cell's values, in an order of the store's.</summary>
    /// <param name="kind">The cell's kind.</param>
    /// <param name="cell">The cell's key.</param>
    /// <param name="after">Where the page before ended; null for the first one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<KeyPage> ReadPageAsync(EntityKind kind, string cell, string? after, CancellationToken cancellationToken);

    /// <summary>Deletes all of a cell's values.</summary>
    /// <param name="kind">The cell's kind.</param>
    /// <param name="cell">The cell's key.</param>
    /// <param name="cancellationToken">Gives up; some may be deleted.</param>
    Task DeleteAsync(EntityKind kind, string cell, CancellationToken cancellationToken);
}
