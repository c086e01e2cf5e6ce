using System.Collections.Concurrent;
using Serverless.App.Jobs;

namespace Serverless.App.Generations;

/// <summary>Whether what this process knows of generations is still so: another version of the app may have started, or the task hub may be gone.</summary>
/// <param name="generations">Where they are.</param>
/// <param name="clock">The clock.</param>
internal sealed class GenerationWatch(IGenerations generations, TimeProvider clock)
{
    // Each look is a request to the storage account.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string? Id)> _seen = new();

    /// <summary>Whether a job's state is still of the generation that this process runs.</summary>
    public async Task<bool> IsCurrentAsync(AppJob job, CancellationToken cancellationToken) =>
        await CurrentAsync(job.Name, cancellationToken) == job.Job.Generation.Id;

    /// <summary>The id of the generation that a job has; null where it has none. It may be half a minute old.</summary>
    public async Task<string?> CurrentAsync(string job, CancellationToken cancellationToken)
    {
        if (_seen.TryGetValue(job, out var seen) && clock.GetUtcNow() - seen.At < GoodFor)
            return seen.Id;
        var id = (await generations.FindAsync(job, cancellationToken))?.Id;
        _seen[job] = (clock.GetUtcNow(), id);
        return id;
    }
}
