using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.App.Telemetry;
using Serverless.Durable;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.App.Triggers;

/// <summary>
/// Batches to signals. All of it takes far less time than <c>maxPollIntervalMs</c>, after which the brokers would give the partitions to another
/// instance.
/// </summary>
internal sealed class Ingestion(
    JobCatalog catalog, GenerationWatch watch, DurableMetrics metrics, RepeatedWarnings warnings, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Ingestion> logger)
{
    private static readonly TimeSpan PressureGoodFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly Backoff Backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private readonly ConcurrentDictionary<AppJob, IEntityClient> _clients = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _pressureSeen = new();

    /// <summary>Takes a batch. When it returns, all that the batch comes to is stored; if it throws, the batch is to come again.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="functionId">The function's id.</param>
    /// <param name="records">The records; of each partition in the order of their offsets.</param>
    /// <param name="client">Stores signals.</param>
    /// <param name="cancellationToken">Gives up; the batch is to come again.</param>
    public async Task ProcessAsync(string function, string functionId, IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        if (!catalog.TryGetFunction(function, out var job, out var place))
            throw new InvalidOperationException($"there is no job of the function '{function}'");
        var source = job.Sources[place];
        using var span = Traces.Start("ingest", job.Name);
        try
        {
            await job.Gate.WaitAsync(cancellationToken);
            try
            {
                await CheckGenerationAsync(job, functionId == job.FunctionIdOf(source), cancellationToken);
                if (source.Guard is { } guard)
                    await guard.RequireSameAsync(records, cancellationToken);
                await WaitForOutputAsync(job, client, cancellationToken);
                if (source.Schemas is { } schemas)
                    records = await schemas.AddToAsync(records, cancellationToken);
                var signals = await IngestAsync(job, place, records, client, cancellationToken);
                _clients[job] = client;
                span?.SetTag("serverless.records", records.Count).SetTag("serverless.signals", signals);
            }
            finally
            {
                job.Gate.Release();
            }
            _failures.TryRemove(job.Name, out _);
        }
        catch (Exception e)
        {
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, e.GetType().Name);
            if (!cancellationToken.IsCancellationRequested)
            {
                metrics.IngestFailed(job.Name);
                // The host repeats a batch at once.
                await Task.Delay(Backoff.After(_failures.AddOrUpdate(job.Name, 1, (_, n) => n + 1), Random.Shared.NextDouble()), clock, cancellationToken);
            }
            throw;
        }
    }

    /// <summary>Has jobs that are between two batches say how far they have read, where it is time. What fails is tried again.</summary>
    public async Task CoverAsync(CancellationToken cancellationToken)
    {
        foreach (var (job, client) in _clients)
        {
            // With a batch in hand, that does it.
            if (!await job.Gate.WaitAsync(TimeSpan.Zero, cancellationToken))
                continue;
            try
            {
                if (await watch.GetStatusAsync(job, cancellationToken) == GenerationStatus.Current)
                    await (job.Dataflow?.CoverAsync(client, cancellationToken) ?? job.Ingest!.CoverAsync(client, cancellationToken));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (warnings.Count($"cover {job.Name} {e.GetType()}", clock.GetUtcNow()) is not null)
                    logger.LogWarning("Job {Job}: its groups cannot be told how far it has read; trying again: {Reason}", job.Name, e.Message);
            }
            finally
            {
                job.Gate.Release();
            }
        }
    }

    private async Task<int> IngestAsync(AppJob job, int source, IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        if (job.Dataflow is { } dataflow)
        {
            var (letters, sent) = await dataflow.ProcessAsync(source, records, client, cancellationToken);
            metrics.Ingested(job.Name, records.Count, letters.Count, sent);
            return sent;
        }
        var (batch, signals) = await job.Ingest!.ProcessAsync(records, client, cancellationToken);
        metrics.Ingested(job.Name, batch, signals);
        return signals;
    }

    // What a trigger of another generation has read is not what this state lacks. The host tells triggers anew only when it starts itself.
    private async Task CheckGenerationAsync(AppJob job, bool isOfGeneration, CancellationToken cancellationToken)
    {
        var standing = isOfGeneration ? await watch.GetStatusAsync(job, cancellationToken) : GenerationStatus.Gone;
        if (standing == GenerationStatus.Current)
            return;
        if (standing != GenerationStatus.Gone)
            throw new OutdatedException($"job '{job.Name}': another version of the app, in which it means or writes something else, has taken over; this one reads no more");
        logger.LogCritical("Job {Job}: the task hub began anew; the app ends, and has to start again as a whole", job.Name);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
        throw new OutdatedException($"job '{job.Name}': its state began anew, and the app has to start again");
    }

    private async Task WaitForOutputAsync(AppJob job, IEntityClient client, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        for (var pause = TimeSpan.FromSeconds(2); await IsFullAsync(job, client, cancellationToken);)
        {
            if (clock.GetElapsedTime(began) + pause > LongestWait)
                throw new OutputFullException($"job '{job.Name}': its sink is away or too slow, and as many rows wait as may; reading goes on when they are written");
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private async Task<bool> IsFullAsync(AppJob job, IEntityClient client, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_pressureSeen.TryGetValue(job.Name, out var seen) && now - seen < PressureGoodFor)
            return false;
        if ((await client.GetJobAsync(job.EntityKeys.OfJob, cancellationToken))?.IsFull(now) is true)
            return true;
        _pressureSeen[job.Name] = now;
        return false;
    }
}
