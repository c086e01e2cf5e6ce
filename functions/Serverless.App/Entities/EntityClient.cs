using System.Runtime.CompilerServices;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Serverless.Durable;

namespace Serverless.App.Entities;

/// <summary>The entities, as functions reach them.</summary>
/// <param name="client">What the host gives a function.</param>
internal sealed class EntityClient(DurableTaskClient client) : IEntityClient
{
    /// <inheritdoc />
    public Task SendAsync(Signal signal, CancellationToken cancellationToken) => client.Entities.SignalEntityAsync(
        IdOf(signal.To, signal.Key), signal.Operation, signal.Input, signal.At is { } at ? new SignalEntityOptions { SignalTime = at } : null, cancellationToken);

    /// <inheritdoc />
    public Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken) => GetAsync<JobState>(EntityKind.Job, key, cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new EntityQuery { InstanceIdStartsWith = $"@{kind}@{prefix}", IncludeState = true };
        await foreach (var entity in client.Entities.GetAllEntitiesAsync<CellState>(query).WithCancellation(cancellationToken))
            if (entity.IncludesState && entity.State is { } state)
                yield return (entity.Id.Key, state);
    }

    /// <inheritdoc />
    public Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken) => GetAsync<OutboxState>(EntityKind.Output, key, cancellationToken);

    /// <inheritdoc />
    public Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken) => GetAsync<StageCellState>(EntityKind.Stage, key, cancellationToken);

    /// <summary>Reads what an output's state says without its rows; null if there is none.</summary>
    public Task<OutboxGlance?> GlanceAtOutputAsync(string key, CancellationToken cancellationToken) => GetAsync<OutboxGlance>(EntityKind.Output, key, cancellationToken);

    private async Task<T?> GetAsync<T>(EntityKind kind, string key, CancellationToken cancellationToken) where T : class =>
        await client.Entities.GetEntityAsync<T>(IdOf(kind, key), includeState: true, cancellationToken) is { IncludesState: true } entity ? entity.State : null;

    private static EntityInstanceId IdOf(EntityKind kind, string key) => new(kind.ToString(), key);
}
