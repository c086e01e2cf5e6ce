using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.Connectors.Telemetry;

namespace Serverless.App.Entities;

/// <summary>
/// Operations on entities of no job of this process. Those of a former generation, or of a job that is gone, are dropped: nobody needs their state any
/// more. Those of a generation that is the current one are a newer version's of the app, beside which this one still runs: they are put off, for the
/// newer one to do.
/// </summary>
internal sealed class OrphanedOperations(GenerationWatch watch, TimeProvider clock, ILogger<OrphanedOperations> logger)
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, bool> _told = new();

    /// <summary>Drops an operation, or puts it off.</summary>
    /// <param name="jobId">What the entity's key begins with; null where it is no key of ours.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Stops looking; the operation is put off.</param>
    public async Task HandleAsync(string? jobId, TaskEntityOperation operation, CancellationToken cancellationToken)
    {
        if (await IsNewerAsync(jobId, cancellationToken))
        {
            Tell(jobId!, "of another version of the app: it is to do them");
            var input = operation.HasInput ? (object?)operation.GetInput<JsonElement>() : null;
            operation.Context.SignalEntity(operation.Context.Id, operation.Name, input, new SignalEntityOptions { SignalTime = clock.GetUtcNow() + Later });
        }
        else
        {
            Tell(jobId ?? operation.Context.Id.Key, "of no job, or of a former generation of one: they are dropped");
        }
    }

    private async Task<bool> IsNewerAsync(string? jobId, CancellationToken cancellationToken)
    {
        var dot = jobId?.LastIndexOf('.') ?? -1;
        if (dot < 0)
            return false;
        try
        {
            return await watch.IsNewerAsync(NameOf(jobId!), jobId![(dot + 1)..], cancellationToken);
        }
        catch (Exception e)
        {
            logger.LogWarning("The generation of job {Job} cannot be looked up: {Reason}", NameOf(jobId!), e.Message);
            return true;
        }
    }

    private void Tell(string what, string why)
    {
        if (_told.TryAdd(what, true))
            logger.With(("Job", NameOf(what))).LogWarning("Messages for {What} are {Why}", what, why);
    }

    // What an entity's key begins with is a job's name and its generation.
    private static string NameOf(string what) => what.LastIndexOf('.') is > 0 and var dot ? Uri.UnescapeDataString(what[..dot]) : what;
}
