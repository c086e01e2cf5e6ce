using System.Collections.Concurrent;
using Serverless.App.Jobs;
using Serverless.Connectors;
using Serverless.Durable;

namespace Serverless.App.Generations;

/// <summary>Tells whether what this process knows of generations still holds: another version of the app may have started beside it, or the task hub may be gone.</summary>
/// <param name="generations">Where they are.</param>
/// <param name="clock">The clock.</param>
internal sealed class GenerationWatch(IGenerations generations, TimeProvider clock)
{
    // Each look is a request to the storage account.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private readonly CoalescingCache<string, (long Began, Generation? Generation)> _current = new(GoodFor, clock);
    private readonly ConcurrentDictionary<string, bool> _former = new();

    /// <summary>Returns the status of a job's generation, at most some seconds old.</summary>
    public async Task<GenerationStatus> GetStatusAsync(AppJob job, CancellationToken cancellationToken)
    {
        var (_, current) = await CurrentAsync(job.Name, cancellationToken);
        var own = job.Job.Generation;
        return current is null ? GenerationStatus.Gone
            : current.Id == own.Id ? (current.Epoch > own.Epoch ? GenerationStatus.Outdated : GenerationStatus.Current)
            : current.Fingerprint != own.Fingerprint || IsKept(current, own.Id) ? GenerationStatus.Replaced
            : GenerationStatus.Gone;
    }

    /// <summary>Returns what a generation is that this process does not run.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="id">The generation's id.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public async Task<OtherGeneration> GetOtherAsync(string job, string id, CancellationToken cancellationToken)
    {
        // A generation is written before its first message is sent: one that is neither the current one nor kept never will be.
        var name = $"{job} {id}";
        if (_former.ContainsKey(name))
            return OtherGeneration.Former;
        var asked = clock.GetTimestamp();
        var (began, current) = await CurrentAsync(job, cancellationToken);
        if (KindOf(current, id) == OtherGeneration.Former && began <= asked)
        {
            _current.Remove(job);
            (_, current) = await CurrentAsync(job, cancellationToken);
        }
        var kind = KindOf(current, id);
        if (kind == OtherGeneration.Former)
            _former.TryAdd(name, true);
        return kind;
    }

    private static OtherGeneration KindOf(Generation? current, string id) =>
        current?.Id == id ? OtherGeneration.Newer : IsKept(current, id) ? OtherGeneration.Kept : OtherGeneration.Former;

    private static bool IsKept(Generation? current, string id) => current?.Formers?.Any(f => f.Id == id) is true;

    private Task<(long Began, Generation? Generation)> CurrentAsync(string job, CancellationToken cancellationToken) =>
        _current.GetAsync(job, async () => (clock.GetTimestamp(), await generations.FindAsync(job, CancellationToken.None)), cancellationToken);
}

/// <summary>What a generation is that a process does not run.</summary>
internal enum OtherGeneration
{
    /// <summary>The current one: a newer version of the app runs it.</summary>
    Newer,

    /// <summary>One that is kept, as a job may become again what it was before.</summary>
    Kept,

    /// <summary>Nobody's.</summary>
    Former,
}
