using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.Connectors.Telemetry;
using Serverless.Durable;

namespace Serverless.App.Entities;

/// <summary>
/// Operations on entities of no job of this process. Those of a former generation, or of a job that is gone, are dropped: nobody needs their state any
/// more. Those of a generation that is the current one are a newer version's of the app, beside which this one still runs: they are put off, for the
/// newer one to do. Those of one that is kept are put off for longer.
/// </summary>
internal sealed class OrphanedOperations(GenerationWatch watch, TimeProvider clock, ILogger<OrphanedOperations> logger)
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MuchLater = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, bool> _told = new();

    /// <summary>Drops an operation, or puts it off.</summary>
    /// <param name="jobId">What the entity's key begins with; null where it is no key of ours.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Stops looking; the operation is put off.</param>
    public async Task HandleAsync(string? jobId, TaskEntityOperation operation, CancellationToken cancellationToken)
    {
        switch (await GetOtherAsync(jobId, cancellationToken))
        {
            case OtherGeneration.Newer:
                PutOff(jobId!, operation);
                break;
            case OtherGeneration.Kept:
                Tell(jobId!, "of what the job was before, whose state is kept: they are put off");
                PutOff(operation, MuchLater);
                break;
            default:
                Tell(jobId ?? operation.Context.Id.Key, "of no job, or of a former generation of one: they are dropped");
                if (operation.Name == Operations.Forget)
                    operation.State.SetState(null);
                break;
        }
    }

    /// <summary>Leaves an operation to a newer version of the app.</summary>
    /// <param name="jobId">What the entity's key begins with.</param>
    /// <param name="operation">The operation.</param>
    public void PutOff(string jobId, TaskEntityOperation operation)
    {
        Tell(jobId, "of another version of the app: it is to do them");
        PutOff(operation, Later);
    }

    private void PutOff(TaskEntityOperation operation, TimeSpan time)
    {
        var input = operation.HasInput ? (object?)operation.GetInput<JsonElement>() : null;
        operation.Context.SignalEntity(operation.Context.Id, operation.Name, input, new SignalEntityOptions { SignalTime = clock.GetUtcNow() + time });
    }

    private async Task<OtherGeneration> GetOtherAsync(string? jobId, CancellationToken cancellationToken)
    {
        var dot = jobId?.LastIndexOf('.') ?? -1;
        if (dot < 0)
            return OtherGeneration.Former;
        try
        {
            return await watch.GetOtherAsync(NameOf(jobId!), jobId![(dot + 1)..], cancellationToken);
        }
        catch (Exception e)
        {
            logger.LogWarning("The generation of job {Job} cannot be looked up: {Reason}", NameOf(jobId!), e.Message);
            return OtherGeneration.Newer;
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
