using Serverless.Durable;

namespace Serverless.App.Generations;

/// <summary>Which generation each job's state is of: kept with the task hub, and gone when it is.</summary>
internal interface IGenerations
{
    /// <summary>The generation that a job has now; null where it has none.</summary>
    Task<Generation?> FindAsync(string job, CancellationToken cancellationToken);

    /// <summary>Stores another generation of a job in place of the one there is. Of several instances that change it at once, one is first, and the others change what that stored.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="change">Gives what is to be stored for what is stored, which is null where there is nothing; the same, or null, where nothing is to be.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What is stored then.</returns>
    Task<Generation?> ChangeAsync(string job, Func<Generation?, Task<Generation?>> change, CancellationToken cancellationToken);

    /// <summary>Forgets those of all other jobs.</summary>
    Task ForgetOthersAsync(IReadOnlyCollection<string> jobs, CancellationToken cancellationToken);
}
