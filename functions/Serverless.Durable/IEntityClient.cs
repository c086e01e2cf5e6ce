namespace Serverless.Durable;

/// <summary>The entities, as who is none of them reaches them.</summary>
public interface IEntityClient
{
    /// <summary>Stores a signal.</summary>
    Task SendAsync(Signal signal, CancellationToken cancellationToken);

    /// <summary>Reads the state of a job's entity; null if it has none.</summary>
    /// <param name="key">The entity's key: <see cref="Placement.OfJob"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken);
}
