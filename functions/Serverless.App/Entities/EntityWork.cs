using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.App.Telemetry;
using Serverless.Durable;

namespace Serverless.App.Entities;

/// <summary>
/// Hands an entity's operation to the state machine it is for, and does what that says: stores the state, sends the signals. An operation that throws
/// is rolled back and lost, so none does for anything that can happen.
/// </summary>
internal sealed class EntityWork(JobCatalog catalog, GenerationWatch watch, Strays strays, DurableMetrics metrics, TimeProvider clock, ILogger<EntityWork> logger)
{
    /// <summary>Does an operation.</summary>
    /// <param name="kind">The kind of entity.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Stops writing to a sink; what is not written stays.</param>
    public async ValueTask<object?> RunAsync(EntityKind kind, TaskEntityOperation operation, CancellationToken cancellationToken)
    {
        var key = operation.Context.Id.Key;
        if (!Placement.TryParse(key, out var id, out var place) || !catalog.TryGet(id, out var job))
        {
            await strays.HandleAsync(id, operation, cancellationToken);
            return null;
        }
        using var span = Traces.Start($"{kind} {operation.Name}", job.Name);
        span?.SetTag("serverless.entity", key);
        var signals = new List<Signal>();
        var isKnown = kind switch
        {
            EntityKind.Group or EntityKind.Shard => Cell(kind, job, key, operation, signals),
            EntityKind.Output => await OutputAsync(job, int.Parse(place, System.Globalization.CultureInfo.InvariantCulture), operation, signals, cancellationToken),
            _ => Pressure(operation),
        };
        if (!isKnown)
            logger.LogError("Job {Job}: entity {Kind} was asked for an operation {Operation} that it has not", job.Name, kind, operation.Name);
        foreach (var signal in signals)
            operation.Context.SignalEntity(
                new EntityInstanceId(signal.To.ToString(), signal.Key), signal.Operation, signal.Input, signal.At is { } at ? new SignalEntityOptions { SignalTime = at } : null);
        span?.SetTag("serverless.signals", signals.Count);
        metrics.Operated(job.Name, kind, signals.Count);
        return null;
    }

    private bool Cell(EntityKind kind, AppJob job, string key, TaskEntityOperation operation, List<Signal> signals)
    {
        var state = operation.State.GetState<CellState>() ?? new CellState();
        var now = clock.GetUtcNow();
        switch (kind, operation.Name)
        {
            case (EntityKind.Group, Operations.Apply) when operation.GetInput<SlicesMessage>() is { } slices:
                metrics.Jobs.Known(job.Name, job.Groups.Apply(state, key, slices, now, NewTick(), signals));
                break;
            case (EntityKind.Group, Operations.Merge) when operation.GetInput<SummariesMessage>() is { } summaries:
                job.Groups.Merge(state, key, summaries, now, NewTick(), signals);
                break;
            case (EntityKind.Group, Operations.Emit) when operation.GetInput<TickMessage>() is { } tick:
                job.Groups.Emit(state, tick, now, signals);
                break;
            case (EntityKind.Group, Operations.Tick) when operation.GetInput<TickMessage>() is { } tick:
                job.Groups.Tick(state, key, tick, now, NewTick(), signals);
                break;
            case (EntityKind.Shard, Operations.Apply) when operation.GetInput<SlicesMessage>() is { } slices:
                metrics.Jobs.Known(job.Name, job.Shards.Apply(state, key, slices, now, NewTick(), signals));
                break;
            case (EntityKind.Shard, Operations.Tick) when operation.GetInput<TickMessage>() is { } tick:
                job.Shards.Tick(state, key, tick, now, NewTick(), signals);
                break;
            default:
                return false;
        }
        operation.State.SetState(state.IsEmpty ? null : state);
        return true;
    }

    private async Task<bool> OutputAsync(AppJob job, int part, TaskEntityOperation operation, List<Signal> signals, CancellationToken cancellationToken)
    {
        var state = operation.State.GetState<OutputState>() ?? new OutputState();
        var box = new OutputBox(job.Job, part, job.FlushInterval, state, signals);
        switch (operation.Name)
        {
            case Operations.Add when operation.GetInput<RowsMessage>() is { } rows:
                box.Add(rows, clock.GetUtcNow(), NewTick());
                break;
            case Operations.Tick when operation.GetInput<TickMessage>() is { } tick:
                if (!box.IsDue(tick))
                    break;
                if (await IsOutdatedAsync(job, cancellationToken))
                {
                    // The rows are another version's to write now: these would overwrite them.
                    operation.State.SetState(null);
                    return true;
                }
                await WriteAsync(job, part, box, cancellationToken);
                break;
            default:
                return false;
        }
        box.SetTimer(clock.GetUtcNow(), NewTick());
        box.SignalPressure(clock.GetUtcNow());
        operation.State.SetState(box.Close() ? state : null);
        return true;
    }

    private async Task WriteAsync(AppJob job, int part, OutputBox box, CancellationToken cancellationToken)
    {
        if (box.Pending == 0 && box.LastingFailures(clock.GetUtcNow()).Count == 0)
            return;
        using var span = Traces.Start("upsert", job.Name);
        var began = clock.GetTimestamp();
        var (rows, reason) = (0, "");
        if (box.HasFailed)
            metrics.Jobs.Retries(job.Name);
        try
        {
            await using var lease = await job.Sinks.RentAsync(cancellationToken);
            (rows, var outage) = await job.Writer.WriteAsync(box, lease.Sink, cancellationToken);
            lease.IsGood = outage is null;
            reason = outage?.Message ?? "";
        }
        catch (Exception e)
        {
            // The process is stopped, the table is not what it was, or whatever else: the rows stay, and the timer brings them again.
            box.Failed();
            reason = e.Message;
        }
        span?.SetTag("serverless.rows", rows);
        metrics.Jobs.Wrote(job.Name, rows, clock.GetElapsedTime(began), reason.Length > 0);
        if (box.TakeOldest() is { } oldest)
            metrics.Jobs.Acknowledged(job.Name, oldest, clock.GetUtcNow());
        if (reason.Length == 0)
            return;
        span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
        logger.LogWarning("Job {Job}, part {Part}: {Rows} rows written, {Pending} wait: {Reason}", job.Name, part, rows, box.Pending, reason);
    }

    private async Task<bool> IsOutdatedAsync(AppJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await watch.LookAsync(job, cancellationToken) != Standing.Current;
        }
        catch (Exception e)
        {
            logger.LogWarning("The generation of job {Job} cannot be looked up: {Reason}", job.Name, e.Message);
            return false;
        }
    }

    private static bool Pressure(TaskEntityOperation operation)
    {
        if (operation.Name != Operations.Raise || operation.GetInput<PressureMessage>() is not { } message)
            return false;
        var state = operation.State.GetState<PressureState>() ?? new PressureState();
        PressureGauge.Raise(state, message);
        operation.State.SetState(state);
        return true;
    }

    private static string NewTick() => Guid.NewGuid().ToString("N");
}
