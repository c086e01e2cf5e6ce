namespace Serverless.Durable;

/// <summary>Hands an operation on a cell of a stage to the state machine that it is for, with the key store behind it.</summary>
/// <param name="job">A job of several stages.</param>
/// <param name="keys">Where cold keys lie; null if cells keep all their keys.</param>
public sealed class StageDispatcher(DurableJob job, IKeyStore? keys)
{
    private readonly StageCell _cell = new(job);

    /// <summary>Does an operation. If the key store is away, it throws, and the state is as it was.</summary>
    /// <param name="key">The entity's key.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there is such an operation, and the rows that had been added before.</returns>
    public async Task<(bool IsKnown, int Duplicates)> RunAsync(
        string key, IOperation operation, StageCellState state, DateTimeOffset now, string tick, ICollection<Signal> signals, CancellationToken cancellationToken)
    {
        operation = new ReadOnce(operation);
        if (operation.Name == Operations.Apply && operation.Input<DeltasMessage>() is { } message)
            await keys.FetchAsync(EntityKind.Stage, key, state, () => _cell.KeysOf(state, key, message), cancellationToken);
        else if (operation.Name == Operations.Tick && operation.Input<TickMessage>() is { } tock)
            await keys.FetchAsync(EntityKind.Stage, key, state, () => _cell.KeysOf(state, key, tock), cancellationToken);
        await keys.PutAwayAsync(EntityKind.Stage, key, state, operation, cancellationToken);
        return (TryRun(key, operation, state, now, tick, signals, out var duplicates), duplicates);
    }

    private bool TryRun(string key, IOperation operation, StageCellState state, DateTimeOffset now, string tick, ICollection<Signal> signals, out int duplicates)
    {
        duplicates = 0;
        switch (operation.Name)
        {
            case Operations.Apply when operation.Input<DeltasMessage>() is { } deltas:
                duplicates = _cell.Apply(state, key, deltas, now, tick, signals);
                return true;
            case Operations.Tick when operation.Input<TickMessage>() is { } due:
                _cell.Tick(state, key, due, now, tick, signals);
                return true;
            case Operations.Confirm when operation.Input<ConfirmMessage>() is { } confirmed:
                _cell.Confirm(state, key, confirmed, now, tick, signals);
                return true;
            case Operations.Advance when operation.Input<FrontierMessage>() is { } frontier:
                _cell.Advance(state, key, frontier, now, tick, signals);
                return true;
            case Operations.Pulse when operation.Input<PulseMessage>() is { } pulse:
                _cell.Pulse(state, key, pulse, now, tick, signals);
                return true;
            default:
                return false;
        }
    }
}
