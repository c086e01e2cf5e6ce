namespace Serverless.Durable;

/// <summary>
/// Moves the keys of an entity out of its key store and into it, both before an operation changes the state: if the store is away, it is as it was, and the operations
/// behind that one in a batch may go on with it.
/// </summary>
public static class KeyTransfer
{
    /// <summary>Reads the keys that an operation touches and the state does not hold.</summary>
    /// <param name="keys">The key store; null if entities keep all their keys.</param>
    /// <param name="kind">The entity's kind.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="touched">Returns what the operation touches; asked only if something may lie in the store.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task FetchAsync(this IKeyStore? keys, EntityKind kind, string key, KeyedCellState state, Func<IEnumerable<string>> touched, CancellationToken cancellationToken)
    {
        if (keys is null || state.Evictions == 0)
            return;
        var lacking = touched().Where(entry => state.Find(entry) is null).ToHashSet();
        if (lacking.Count == 0)
            return;
        foreach (var (entry, value) in await keys.ReadAsync(kind, key, lacking, cancellationToken))
            state.Entries[entry] = value;
    }

    /// <summary>Reads the next page of a job's rows that are written again, where it is due.</summary>
    /// <param name="keys">The key store.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="box">The output.</param>
    /// <param name="now">The clock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task RewriteAsync(this IKeyStore? keys, string key, Outbox box, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (keys is not null && box.NextPage is { } rewriting)
            box.Rewrite(await keys.ReadPageAsync(EntityKind.Output, key, rewriting.After, cancellationToken), now);
    }

    /// <summary>Writes what has aged if an operation is the timer with which it leaves the state.</summary>
    /// <param name="keys">The key store; null if entities keep all their keys.</param>
    /// <param name="kind">The entity's kind.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="state">The entity's state.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Gives up; some may be written.</param>
    public static async Task PutAwayAsync(this IKeyStore? keys, EntityKind kind, string key, KeyedCellState state, IOperation operation, CancellationToken cancellationToken)
    {
        if (state is not { Evict: { } due, Aging: { Count: > 0 } aging } || operation.Name != Operations.Tick || operation.Input<TickMessage>()?.Id != due.Id)
            return;
        await (keys ?? throw new InvalidOperationException($"{kind} {key} lets go of keys and there is no key store")).WriteAsync(kind, key, state.Evictions, aging, cancellationToken);
    }
}
