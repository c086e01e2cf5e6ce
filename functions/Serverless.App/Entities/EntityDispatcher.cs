using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.App.Telemetry;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;

namespace Serverless.App.Entities;

/// <summary>
/// Hands an entity's operation to the state machine it is for, and does what that says: sends the signals, stores the state. An operation that throws
/// would be rolled back and lost, so none does, whatever happens: it is put off as it came, and the state stays as it was.
/// </summary>
internal sealed class EntityDispatcher(
    JobCatalog catalog, GenerationWatch watch, OrphanedOperations orphans, DurableMetrics metrics, RepeatedWarnings warnings, TimeProvider clock, ILogger<EntityDispatcher> logger)
{
    /// <summary>Does an operation, or puts it off.</summary>
    /// <param name="kind">The kind of entity.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Stops writing to a sink; what is not written stays.</param>
    public async ValueTask<object?> RunAsync(EntityKind kind, TaskEntityOperation operation, CancellationToken cancellationToken)
    {
        AppJob? job = null;
        try
        {
            if (EntityKeys.TryParse(operation.Context.Id.Key, out var id, out var place) && catalog.TryGet(id, out job))
                await RunAsync(kind, job, place, operation, cancellationToken);
            else
                await orphans.HandleAsync(id, operation, cancellationToken);
        }
        catch (Exception e)
        {
            Defer(kind, job, operation, e);
        }
        return null;
    }

    private async Task RunAsync(EntityKind kind, AppJob job, string place, TaskEntityOperation operation, CancellationToken cancellationToken)
    {
        var key = operation.Context.Id.Key;
        using var span = Traces.Start($"{kind} {operation.Name}", job.Name);
        span?.SetTag("serverless.entity", key);
        var signals = new List<Signal>();
        var (isKnown, state) = kind switch
        {
            EntityKind.Group or EntityKind.Shard => await CellAsync(kind, job, key, operation, signals, cancellationToken),
            EntityKind.Output => await OutputAsync(job, key, int.Parse(place, CultureInfo.InvariantCulture), operation, signals, cancellationToken),
            EntityKind.Stage => await StageAsync(job, key, operation, signals, cancellationToken),
            _ => Job(job, operation),
        };
        if (isKnown is null)
        {
            orphans.PutOff(job.Job.Id, operation);
            return;
        }
        if (isKnown is false)
        {
            logger.LogError("Job {Job}: entity {Kind} was asked for an operation {Operation} that it has not", job.Name, kind, operation.Name);
            return;
        }
        foreach (var signal in signals)
            operation.Context.SignalEntity(
                new EntityInstanceId(signal.To.ToString(), signal.Key), signal.Operation, signal.Input, signal.At is { } at ? new SignalEntityOptions { SignalTime = at } : null);
        // Last: what throws before leaves the state as it was.
        operation.State.SetState(state);
        span?.SetTag("serverless.signals", signals.Count);
        metrics.Operated(job.Name, kind, signals.Count);
    }

    private void Defer(EntityKind kind, AppJob? job, TaskEntityOperation operation, Exception e)
    {
        var name = job?.Name ?? "";
        metrics.Deferred(name, kind);
        var times = job?.Job.Times ?? DurableTimes.Default;
        try
        {
            var input = operation.HasInput ? (object?)operation.GetInput<JsonElement>() : null;
            operation.Context.SignalEntity(operation.Context.Id, operation.Name, input, new SignalEntityOptions { SignalTime = clock.GetUtcNow() + times.DeferredFor });
        }
        catch (Exception unreadable)
        {
            // Nobody can do it, now or later.
            logger.With(("Job", name)).LogError("Entity {Entity}: the input of operation {Operation} is no JSON, and is dropped: {Reason}", operation.Context.Id, operation.Name, unreadable.GetType().Name);
            return;
        }
        if (warnings.Count($"{kind} {e.GetType()}", clock.GetUtcNow()) is { } repeats)
            logger.With(("Job", name)).LogError(
                "Job {Job}: operation {Operation} of entity {Entity} failed and is put off for {Pause} s{Repeats}: {Kind}: {Reason}",
                name, operation.Name, operation.Context.Id, times.DeferredFor.TotalSeconds, repeats, e.GetType().Name, e.Message);
    }

    // Whether there is such an operation; null if it is a newer version's to do.
    private async Task<(bool? IsKnown, object? State)> CellAsync(
        EntityKind kind, AppJob job, string key, TaskEntityOperation operation, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = operation.State.GetState<CellState>() ?? new CellState();
        if (job.Job.IsBefore(state.Epoch))
            return (null, null);
        var (isKnown, duplicates) = await job.Cells.RunAsync(kind, key, new Operation(operation), state, clock.GetUtcNow(), NewTick(), signals, cancellationToken);
        if (!isKnown)
            return (false, null);
        metrics.Jobs.Known(job.Name, duplicates);
        if (job.Job.Hub.HalfOfState is { } half && state.Size > half && warnings.Count($"size {key}", clock.GetUtcNow()) is not null)
            logger.LogError("Job {Job}: the state of entity {Kind} {Key} has some {Size} bytes, and its task hub takes {Most}; take Azure Storage before it has more", job.Name, kind, key, state.Size, job.Job.Hub.StateBytes);
        WarnOfLargeKeys(job, kind, key, state);
        return (true, state.IsEmpty ? null : state);
    }

    private async Task<(bool? IsKnown, object? State)> StageAsync(AppJob job, string key, TaskEntityOperation operation, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = operation.State.GetState<StageCellState>() ?? new StageCellState();
        if (job.Stages is not { } stages)
            return (false, null);
        var (isKnown, duplicates) = await stages.RunAsync(key, new Operation(operation), state, clock.GetUtcNow(), NewTick(), signals, cancellationToken);
        if (!isKnown)
            return (false, null);
        metrics.Jobs.Known(job.Name, duplicates);
        WarnOfLargeKeys(job, EntityKind.Stage, key, state);
        return (true, state.IsEmpty ? null : state);
    }

    // What does not leave its entity: every operation carries it.
    private void WarnOfLargeKeys(AppJob job, EntityKind kind, string key, KeyedCellState state)
    {
        if (state.Entries.Bytes <= CellEviction.LargestEntry)
            return;
        foreach (var (entry, bytes) in state.Entries)
        {
            if (bytes.Length <= CellEviction.LargestEntry)
                continue;
            metrics.Carries(job.Name, bytes.Length);
            if (warnings.Count($"size {key} {entry}", clock.GetUtcNow()) is not null)
                logger.LogWarning(
                    "Job {Job}: a key of entity {Kind} {Key} has {Size} bytes of state, and every operation of the entity carries them: {Entry}", job.Name, kind, key, bytes.Length, entry);
        }
    }

    private (bool? IsKnown, object? State) Job(AppJob job, TaskEntityOperation operation)
    {
        var state = operation.State.GetState<JobState>() ?? new JobState();
        return (state.TryRun(new Operation(operation), job.Job.Times, clock.GetUtcNow(), job.Job.Hub), state);
    }

    private async Task<(bool? IsKnown, object? State)> OutputAsync(AppJob job, string key, int part, TaskEntityOperation operation, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = operation.State.GetState<OutboxState>() ?? new OutboxState();
        if (job.Job.IsBefore(state.Epoch))
            return (null, null);
        await job.OutboxKeys.PrepareAsync(key, state, new Operation(operation), cancellationToken);
        var box = new Outbox(job.Job, part, job.FlushInterval, state, signals);
        switch (operation.Name)
        {
            case Operations.Add when job.Job.Stages is not null && operation.GetInput<DeltasMessage>() is { Parts: not null } deltas:
                await job.Keys.FetchAsync(EntityKind.Output, key, state, () => box.KeysOf(deltas), cancellationToken);
                box.Add(deltas, clock.GetUtcNow(), NewTick());
                break;
            case Operations.Add when operation.GetInput<RowsMessage>() is { } rows:
                if (job.Job.IsBefore(rows.Epoch))
                    return (null, null);
                if (job.Job.Stages is not null)
                    await job.Keys.FetchAsync(EntityKind.Output, key, state, () => Outbox.KeysOf(rows), cancellationToken);
                box.Add(rows, clock.GetUtcNow(), NewTick());
                break;
            case Operations.Rewrite when job.Job.Stages is not null && operation.GetInput<RewriteMessage>() is { } rewrite:
                box.Rewrite(rewrite, clock.GetUtcNow());
                break;
            case Operations.Tick when operation.GetInput<TickMessage>() is { } tick:
                if (!box.IsDue(tick))
                    break;
                // If it is another one, the rows are another version's to write now: these would overwrite them.
                switch (await GetStatusAsync(job, cancellationToken))
                {
                    case GenerationStatus.Current:
                        break;
                    case GenerationStatus.Outdated:
                        return (null, null);
                    // Of several stages, it says which rows there are, until those of them that are not made any more are deleted.
                    case GenerationStatus.Replaced when job.Job.Stages is not null:
                        return (true, box.Close() ? state : null);
                    default:
                        return (true, null);
                }
                await job.Keys.RewriteAsync(key, box, clock.GetUtcNow(), cancellationToken);
                await WriteAsync(job, part, box, cancellationToken);
                break;
            case Operations.Pulse:
                if (job.Job.Stages is not null && operation.GetInput<PulseMessage>() is { } pulse)
                    box.FindMissing(pulse, clock.GetUtcNow());
                break;
            default:
                return (false, null);
        }
        box.SetTimers(clock.GetUtcNow(), NewTick());
        box.SignalPressure(clock.GetUtcNow());
        return (true, box.Close() ? state : null);
    }

    private async Task WriteAsync(AppJob job, int part, Outbox box, CancellationToken cancellationToken)
    {
        if (box.Pending == 0 && box.LastingFailures(clock.GetUtcNow()).Count == 0)
            return;
        using var span = Traces.Start("upsert", job.Name);
        var (rows, reason) = (0, "");
        SinkPool.Lease? lease = null;
        try
        {
            try
            {
                (rows, var outage) = await job.Writer.WriteAsync(box, async c => (lease = await job.Sinks.RentAsync(c)).Sink, cancellationToken);
                lease?.IsGood = outage is null;
                reason = outage?.Message ?? "";
            }
            finally
            {
                if (lease is not null)
                    await lease.DisposeAsync();
            }
        }
        catch (Exception e)
        {
            // The process is stopped, the table is not what it was, or whatever else: the rows stay, and the timer brings them again.
            box.Failed();
            reason = e.Message;
        }
        span?.SetTag("serverless.rows", rows);
        if (box.TakeOldest() is { } oldest)
            metrics.Jobs.Acknowledged(job.Name, oldest, clock.GetUtcNow());
        if (reason.Length == 0)
            return;
        span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
        if (warnings.Count($"write {job.Name} {reason}", clock.GetUtcNow()) is { } repeats)
            logger.LogWarning("Job {Job}: rows cannot be written, {Pending} of part {Part} wait{Repeats}: {Reason}", job.Name, box.Pending, part, repeats, reason);
    }

    private async Task<GenerationStatus> GetStatusAsync(AppJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await watch.GetStatusAsync(job, cancellationToken);
        }
        catch (Exception e)
        {
            if (warnings.Count($"generation {job.Name} {e.GetType()}", clock.GetUtcNow()) is not null)
                logger.LogWarning("The generation of job {Job} cannot be looked up: {Reason}", job.Name, e.Message);
            return GenerationStatus.Current;
        }
    }

    private static string NewTick() => Guid.NewGuid().ToString("N")[..16];

    /// <summary>An operation as the cells see it.</summary>
    private sealed class Operation(TaskEntityOperation operation) : IOperation
    {
        public string Name => operation.Name;

        public T? Input<T>() where T : class => operation.GetInput<T>();
    }
}
