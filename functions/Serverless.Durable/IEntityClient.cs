namespace Serverless.Durable;

/// <summary>The entities, as who is none of them reaches them.</summary>
public interface IEntityClient
{
    /// <summary>Stores a signal.</summary>
    Task SendAsync(Signal signal, CancellationToken cancellationToken);

    /// <summary>Reads the state of a job's entity; null if it has none.</summary>
    /// <param name="key">The entity's key: <see cref="EntityKeys.OfJob"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads the state of a part of a job's output; null if it has none.</summary>
    /// <param name="key">The entity's key: <see cref="EntityKeys.OfOutput"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads the state of a cell of a stage; null if it has none.</summary>
    /// <param name="key">The entity's key: <see cref="EntityKeys.OfStage"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads the states of a job's groups or shards one by one, in whatever order; those that change meanwhile as they were before or after.</summary>
    /// <param name="kind">Groups or shards.</param>
    /// <param name="prefix">What their keys begin with: <see cref="EntityKeys.Prefix"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, CancellationToken cancellationToken);
}
