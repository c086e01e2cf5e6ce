namespace Serverless.Durable;

/// <summary>
/// Does operations on cells, with the key store behind them: reads what an operation touches and the state lacks, and writes what it is to let go of.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="keys">Where cold keys lie; null if cells keep all their keys.</param>
public sealed class CellRunner(DurableJob job, IKeyStore? keys)
{
    private readonly CellDispatcher _cells = new(job);

    /// <summary>Does an operation. If the key store is away, it throws, and the state is as it was.</summary>
    /// <param name="kind">The kind of entity: groups or shards.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set, and for messages.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there is such an operation, and the events that had been applied before.</returns>
    public async Task<(bool IsKnown, int Duplicates)> RunAsync(
        EntityKind kind, string key, IOperation operation, CellState state, DateTimeOffset now, string tick, ICollection<Signal> signals, CancellationToken cancellationToken)
    {
        operation = new ReadOnce(operation);
        await keys.FetchAsync(kind, key, state, () => _cells.Touched(kind, operation, state, now), cancellationToken);
        if (keys is not null && CellDispatcher.NextPage(operation, state) is { } rewriting)
            state.Page = await keys.ReadPageAsync(kind, key, rewriting.After, cancellationToken);
        await keys.PutAwayAsync(kind, key, state, operation, cancellationToken);
        var isKnown = _cells.TryRun(kind, key, operation, state, now, tick, signals, out var duplicates);
        state.Page = null;
        return (isKnown, duplicates);
    }
}
