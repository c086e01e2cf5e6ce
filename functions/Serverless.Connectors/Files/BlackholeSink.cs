using Serverless.Engine.State;

namespace Serverless.Connectors.Files;

/// <summary>Keeps nothing.</summary>
public sealed class BlackholeSink : ISink
{
    /// <inheritdoc />
    public int MaxRows => 100_000;

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RefusedChange>>([]);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
