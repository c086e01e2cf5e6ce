using DurableTask.AzureStorage;
using DurableTask.Core;
using DurableTask.Core.Entities;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Serverless.DurableRuntime.Host;

/// <summary>Signals entities and reads their states, as the client that the Functions host hands to triggers does.</summary>
/// <param name="service">The task hub.</param>
/// <param name="converter">How states and messages are written.</param>
internal sealed class HubClient(AzureStorageOrchestrationService service, Func<DataConverter> converter) : DurableEntityClient("hub")
{
    private readonly IEntityOrchestrationService _entities = service;

    /// <inheritdoc />
    public override Task SignalEntityAsync(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null, CancellationToken cancellation = default)
    {
        (DateTime, DateTime)? at = options?.SignalTime is { } time
            ? EntityMessageEvent.GetCappedScheduledTime(DateTime.UtcNow, _entities.EntityBackendProperties!.MaximumSignalDelayTime, time.UtcDateTime)
            : null;
        var signal = ClientEntityHelpers.EmitOperationSignal(new OrchestrationInstance { InstanceId = id.ToString() }, Guid.NewGuid(), operationName, converter().Serialize(input), at);
        return service.SendTaskOrchestrationMessageAsync(signal.AsTaskMessage()).WaitAsync(cancellation);
    }

    /// <inheritdoc />
    public override async Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default)
    {
        var entity = await _entities.EntityBackendQueries!.GetEntityAsync(new EntityId(id.Name, id.Key), includeState, false, cancellation);
        return entity is { SerializedState: { } state } ? new EntityMetadata<T>(id, converter().Deserialize<T>(state)) : null;
    }

    /// <inheritdoc />
    public override Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) => throw new NotSupportedException();

    /// <inheritdoc />
    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) => throw new NotSupportedException();

    /// <inheritdoc />
    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) => throw new NotSupportedException();

    /// <inheritdoc />
    public override Task<CleanEntityStorageResult> CleanEntityStorageAsync(CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default) =>
        throw new NotSupportedException();
}
