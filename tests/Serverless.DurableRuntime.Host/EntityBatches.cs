using DurableTask.Core;
using DurableTask.Core.Entities;
using DurableTask.Core.Entities.OperationFormat;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Durable;

namespace Serverless.DurableRuntime.Host;

/// <summary>
/// Hands batches of operations to the worker, as the extension does. A batch that the worker dies over is answered as the extension answers for it:
/// every operation has failed, the state is as it was, nothing is sent. The runtime takes that for the batch's result, and the operations are gone.
/// </summary>
/// <param name="kind">The kind of entity.</param>
/// <param name="worker">Gives the worker, once it runs.</param>
/// <param name="losses">Says which batches are lost without the worker's death.</param>
internal sealed class EntityBatches(EntityKind kind, Func<Task<Worker>> worker, Losses losses) : TaskEntity
{
    /// <inheritdoc />
    public override async Task<EntityBatchResult> ExecuteOperationBatchAsync(EntityBatchRequest operations)
    {
        var current = await worker();
        var loss = losses.Next();
        if (loss == Loss.Undone)
            return Lost(operations);
        var before = operations.EntityState;
        try
        {
            var result = await RunAsync(current, operations).WaitAsync(current.Death);
            if (loss == Loss.None && !current.Death.IsCancellationRequested)
                return result;
        }
        catch (OperationCanceledException) when (current.Death.IsCancellationRequested)
        {
            // Dead, with the batch in hand.
        }
        operations.EntityState = before;
        return Lost(operations);
    }

    private Task<EntityBatchResult> RunAsync(Worker current, EntityBatchRequest operations)
    {
        var factory = new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = current.Converter, EnableEntitySupport = true }, NullLoggerFactory.Instance);
        var id = EntityId.FromString(operations.InstanceId!);
        return factory.CreateEntity(kind.ToString(), new Entity(operation => current.Entities.RunAsync(kind, operation, current.Death)), id).ExecuteOperationBatchAsync(operations);
    }

    private static EntityBatchResult Lost(EntityBatchRequest operations)
    {
        Console.WriteLine($"lost {operations.Operations!.Count} {string.Join(',', operations.Operations.Select(o => o.Operation).Distinct())} of {operations.InstanceId}");
        return new EntityBatchResult
        {
            Results = [.. operations.Operations.Select(_ => new OperationResult { FailureDetails = new FailureDetails("FunctionFailed", "the worker is gone", null, null, true) })],
            Actions = [],
            EntityState = operations.EntityState,
        };
    }

    private sealed class Entity(Func<TaskEntityOperation, ValueTask<object?>> run) : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation) => run(operation);
    }
}
