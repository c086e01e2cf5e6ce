using Microsoft.Azure.Functions.Worker;
using Serverless.Durable;

namespace Serverless.App.Entities;

/// <summary>The entities as functions. What they do is <see cref="EntityDispatcher"/>'s to say.</summary>
/// <param name="work">Does it.</param>
internal sealed class EntityFunctions(EntityDispatcher work)
{
    /// <summary>Holds groups.</summary>
    [Function(nameof(EntityKind.Group))]
    public Task GroupAsync([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context) => RunAsync(EntityKind.Group, dispatcher, context);

    /// <summary>Holds shards.</summary>
    [Function(nameof(EntityKind.Shard))]
    public Task ShardAsync([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context) => RunAsync(EntityKind.Shard, dispatcher, context);

    /// <summary>Holds a part of a sink's rows until they are written.</summary>
    [Function(nameof(EntityKind.Output))]
    public Task OutputAsync([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context) => RunAsync(EntityKind.Output, dispatcher, context);

    /// <summary>Holds a cell of a stage.</summary>
    [Function(nameof(EntityKind.Stage))]
    public Task StageAsync([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context) => RunAsync(EntityKind.Stage, dispatcher, context);

    /// <summary>Holds what concerns a job as a whole.</summary>
    [Function(nameof(EntityKind.Job))]
    public Task JobAsync([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context) => RunAsync(EntityKind.Job, dispatcher, context);

    private Task RunAsync(EntityKind kind, TaskEntityDispatcher dispatcher, FunctionContext context) =>
        dispatcher.DispatchAsync(operation => work.RunAsync(kind, operation, context.CancellationToken));
}
