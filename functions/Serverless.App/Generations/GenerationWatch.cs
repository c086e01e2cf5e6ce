using System.Collections.Concurrent;
using Serverless.App.Jobs;
using Serverless.Durable;

namespace Serverless.App.Generations;

/// <summary>Whether what this process knows of generations is still so: another version of the app may have started beside it, or the task hub may be gone.</summary>
/// <param name="generations">Where they are.</param>
/// <param name="clock">The clock.</param>
internal sealed class GenerationWatch(IGenerations generations, TimeProvider clock)
{
    // Each look is a request to the storage account.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, Generation? Generation)> _seen = new();
    private readonly ConcurrentDictionary<string, bool> _former = new();

    /// <summary>How a job's state stands; what was seen is good for some seconds.</summary>
    public async Task<Standing> LookAsync(AppJob job, CancellationToken cancellationToken)
    {
        var current = _seen.TryGetValue(job.Name, out var seen) && clock.GetUtcNow() - seen.At < GoodFor ? seen.Generation : await ReadAsync(job.Name, cancellationToken);
        return current?.Id == job.Job.Generation.Id ? Standing.Current
            : current is not null && current.Fingerprint != job.Job.Generation.Fingerprint ? Standing.Replaced
            : Standing.Gone;
    }

    /// <summary>Whether an id that this process does not know is of the current generation of a job, and so of a newer version of the app.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="id">The generation's id.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public async Task<bool> IsNewerAsync(string job, string id, CancellationToken cancellationToken)
    {
        // A generation is written before its first message is sent: one that is not the current one now never will be.
        var name = $"{job} {id}";
        if (_former.ContainsKey(name))
            return false;
        var isNewer = (_seen.TryGetValue(job, out var seen) && clock.GetUtcNow() - seen.At < GoodFor && seen.Generation?.Id == id) || (await ReadAsync(job, cancellationToken))?.Id == id;
        if (!isNewer)
            _former.TryAdd(name, true);
        return isNewer;
    }

    private async Task<Generation?> ReadAsync(string job, CancellationToken cancellationToken)
    {
        var current = await generations.FindAsync(job, cancellationToken);
        _seen[job] = (clock.GetUtcNow(), current);
        return current;
    }
}
