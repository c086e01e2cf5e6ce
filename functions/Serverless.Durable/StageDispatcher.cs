namespace Serverless.Durable;

/// <summary>Hands an operation on a cell of a stage to the state machine that it is for.</summary>
/// <param name="job">A job of several stages.</param>
public sealed class StageDispatcher(DurableJob job)
{
    private readonly StageCell _cell = new(job);

    /// <summary>Does an operation.</summary>
    /// <param name="key">The entity's key.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <param name="duplicates">The rows that had been added before.</param>
    /// <returns>Whether there is such an operation.</returns>
    public bool TryRun(string key, IOperation operation, StageCellState state, DateTimeOffset now, string tick, ICollection<Signal> signals, out int duplicates)
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
            case Operations.Pulse when operation.Input<PulseMessage>() is { } pulse:
                _cell.Pulse(state, key, pulse, now, tick, signals);
                return true;
            default:
                return false;
        }
    }
}
