using Serverless.Durable;

namespace Serverless.App.Generations;

/// <summary>Which generation each job's state is of: kept with the task hub, and gone when it is.</summary>
internal interface IGenerations
{
    /// <summary>The generation of a job: the one there is, or a new one where there is none or the job has changed.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="fingerprint">What it is: <see cref="DurableJob.Fingerprint"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<Generation> OpenAsync(string job, string fingerprint, CancellationToken cancellationToken);

    /// <summary>The generation that a job has now; null where it has none.</summary>
    Task<Generation?> FindAsync(string job, CancellationToken cancellationToken);

    /// <summary>Keeps which topic a generation reads, if none is kept yet. Another instance may be first: then its word stays.</summary>
    Task KeepTopicAsync(string job, Generation generation, string topicId, CancellationToken cancellationToken);

    /// <summary>Forgets those of all other jobs.</summary>
    Task ForgetOthersAsync(IReadOnlyCollection<string> jobs, CancellationToken cancellationToken);
}
