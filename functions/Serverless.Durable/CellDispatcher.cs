using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>Hands an operation on a cell to the state machine that it is for.</summary>
/// <param name="job">The job.</param>
public sealed class CellDispatcher(DurableJob job)
{
    private readonly GroupCell _groups = new(job);
    private readonly ShardCell _shards = new(job);
    private readonly SentMessages _sent = new(job);

    /// <summary>Returns the groups or shards that an operation touches.</summary>
    /// <param name="kind">The kind of entity: groups or shards.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="state">The entity's state.</param>
    /// <param name="now">The clock.</param>
    public IEnumerable<string> Touched(EntityKind kind, IOperation operation, CellState state, DateTimeOffset now) =>
        (kind, operation.Name) switch
        {
            (EntityKind.Group, Operations.Apply) => operation.Input<SlicesMessage>()?.Parts.Select(p => p.Group),
            (EntityKind.Group, Operations.Merge) => operation.Input<SummariesMessage>()?.Parts.Select(p => p.Group),
            (EntityKind.Shard, Operations.Apply) => operation.Input<SlicesMessage>()?.Parts.Select(p => Shard.KeyOf(p.Group, p.Shard)),
            (EntityKind.Shard, Operations.Live) => operation.Input<LivesMessage>()?.Parts.Select(p => Shard.KeyOf(p.Group, p.Shard)),
            (_, Operations.Tick) when operation.Input<TickMessage>() is { } due => _sent.Overdue(state, due, now),
            _ => null,
        } ?? [];

    /// <summary>Returns what a cell that sends all its rows again has done so far if the operation is the next page; else null.</summary>
    internal static Rewriting? NextPage(IOperation operation, CellState state) =>
        operation.Name == Operations.Tick && state.NextPage is { } next && operation.Input<TickMessage>()?.Id == next.Id ? state.Rewriting : null;

    /// <summary>Does an operation.</summary>
    /// <param name="kind">The kind of entity: groups or shards.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set, and for messages.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <param name="duplicates">The events that had been applied before.</param>
    /// <returns>Whether there is such an operation.</returns>
    public bool TryRun(EntityKind kind, string key, IOperation operation, CellState state, DateTimeOffset now, string tick, ICollection<Signal> signals, out int duplicates)
    {
        duplicates = 0;
        switch (kind, operation.Name)
        {
            case (EntityKind.Group, Operations.Apply) when operation.Input<SlicesMessage>() is { } slices:
                duplicates = _groups.Apply(state, key, slices, now, tick, signals);
                return true;
            case (EntityKind.Group, Operations.Merge) when operation.Input<SummariesMessage>() is { } summaries:
                _groups.Merge(state, key, summaries, now, tick, signals);
                return true;
            case (EntityKind.Group, Operations.Emit) when operation.Input<TickMessage>() is { } due:
                _groups.Emit(state, key, due, now, tick, signals);
                return true;
            case (EntityKind.Group, Operations.Tick) when operation.Input<TickMessage>() is { } due:
                _groups.Tick(state, key, due, now, tick, signals);
                return true;
            case (EntityKind.Group, Operations.Confirm) when operation.Input<ConfirmMessage>() is { } confirmed:
                _groups.Confirm(state, key, confirmed, now, tick, signals);
                return true;
            case (EntityKind.Group, Operations.Pulse) when operation.Input<PulseMessage>() is { } pulse:
                _groups.Pulse(state, key, pulse, now, tick, signals);
                return true;
            case (EntityKind.Group, Operations.Rewrite) when operation.Input<RewriteMessage>() is { } rewrite:
                _groups.Rewrite(state, key, rewrite, now, tick, signals);
                return true;
            case (EntityKind.Shard, Operations.Apply) when operation.Input<SlicesMessage>() is { } slices:
                duplicates = _shards.Apply(state, key, slices, now, tick, signals);
                return true;
            case (EntityKind.Shard, Operations.Live) when operation.Input<LivesMessage>() is { } lives:
                _shards.Live(state, key, lives, now, tick, signals);
                return true;
            case (EntityKind.Shard, Operations.Tick) when operation.Input<TickMessage>() is { } due:
                _shards.Tick(state, key, due, now, tick, signals);
                return true;
            case (EntityKind.Shard, Operations.Confirm) when operation.Input<ConfirmMessage>() is { } confirmed:
                _shards.Confirm(state, key, confirmed, now, tick, signals);
                return true;
            case (EntityKind.Shard, Operations.Pulse) when operation.Input<PulseMessage>() is { } pulse:
                _shards.Pulse(state, key, pulse, now, tick, signals);
                return true;
            default:
                return false;
        }
    }
}
