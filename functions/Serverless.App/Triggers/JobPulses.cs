using Microsoft.Extensions.Logging;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.App.Telemetry;
using Serverless.Connectors.Kafka;
using Serverless.Durable;

namespace Serverless.App.Triggers;

/// <summary>The pulses of all jobs. What one of them fails at is the next one's to do.</summary>
/// <param name="catalog">The jobs.</param>
/// <param name="generations">What is stored of them.</param>
/// <param name="watch">Knows whether their states are the current ones.</param>
/// <param name="metrics">Counts gaps.</param>
/// <param name="warnings">Says what fails again and again now and then.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of gaps, and of what scripts that were edited come to.</param>
internal sealed class JobPulses(
    JobCatalog catalog, IGenerations generations, GenerationWatch watch, DurableMetrics metrics, RepeatedWarnings warnings, TimeProvider clock, ILogger<JobPulses> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<AppSource, KafkaLag> _lags = [];
    private readonly Dictionary<string, HashSet<Gap>> _known = []; // by job, the gaps that have been told
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Passes by the entities of all jobs.</summary>
    /// <param name="client">Reaches them.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(IEntityClient client, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var job in catalog.All)
                await RunAsync(job, client, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var lag in _lags.Values)
            await Task.Run(lag.Dispose);
        _turn.Dispose();
    }

    private async Task RunAsync(AppJob job, IEntityClient client, CancellationToken cancellationToken)
    {
        try
        {
            if (await watch.GetStatusAsync(job, cancellationToken) != GenerationStatus.Current)
                return;
            var mark = await MarkAsync(job);
            var (open, gone, standstill) = await job.Pulse.RunAsync(mark, client, cancellationToken);
            metrics.StandsStill(job.Name, standstill);
            Report(job, open, gone);
            await ChangeAsync(job, mark, client, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (warnings.Count($"pulse {job.Name} {e.GetType()}", clock.GetUtcNow()) is not null)
                logger.LogWarning("Job {Job}: the pulse failed, and comes again in a minute: {Reason}", job.Name, e.Message);
        }
    }

    // What is stored changes first: a state that is forgotten must not be taken up again meanwhile.
    private async Task ChangeAsync(AppJob job, PositionMark? mark, IEntityClient client, CancellationToken cancellationToken)
    {
        if (await generations.FindAsync(job.Name, cancellationToken) is not { } known || !IsSame(known) || await job.Change.RunAsync(known, mark, client, cancellationToken) is not { } step)
            return;
        var next = await generations.ChangeAsync(job.Name, current => Task.FromResult(current is not null && IsSame(current) ? step.Apply(current) : null), cancellationToken);
        if (next is null || !IsSame(next))
            return;
        if (step.Told is { } told)
            logger.LogInformation("Job {Job} {Told}", job.Name, told);
        await job.Change.ForgetAsync(step.Forgotten, client, cancellationToken);

        bool IsSame(Generation other) => other.Id == job.Job.Generation.Id && other.Epoch == job.Job.Generation.Epoch;
    }

    private async Task<PositionMark?> MarkAsync(AppJob job)
    {
        var all = new List<(SourcePartition Partition, GroupPosition Position)>();
        for (var i = 0; i < job.Sources.Count; i++)
        {
            if (job.Sources[i] is not { Kafka: { } kafka } source)
                return null;
            if (!_lags.TryGetValue(source, out var lag))
                _lags.Add(source, lag = new KafkaLag(kafka, source.ConsumerGroup, Patience));
            // The client library waits on a thread.
            if (await Task.Run(lag.GetPositions) is not { } positions)
                return null;
            all.AddRange(positions.Select(p => (new SourcePartition(i, p.Partition), p)));
        }
        return new PositionMark(
            clock.GetUtcNow(), all.ToDictionary(p => p.Partition, p => p.Position.Next), all.Sum(p => p.Position.Lag), all.ToDictionary(p => p.Partition, p => p.Position.End));
    }

    private void Report(AppJob job, IReadOnlyList<OpenGap> open, IReadOnlyList<Gap> gone)
    {
        var known = _known.GetValueOrDefault(job.Name) ?? [];
        var found = open.Select(g => g.Gap).Where(g => !known.Contains(g)).ToList();
        metrics.FoundGaps(job.Name, found.Count);
        foreach (var gaps in found.Except(gone).GroupBy(g => (g.Source, g.Partition)))
            logger.LogWarning(
                "Job {Job}: offsets {First} to {Last} of partition {Partition} did not reach {Receivers}, probably because a process died; they are read again",
                job.Name, gaps.Min(g => g.First), gaps.Max(g => g.Last), job.NameOf(gaps.Key.Source, gaps.Key.Partition), ReceiversOf(gaps));
        foreach (var gaps in found.Intersect(gone).GroupBy(g => (g.Source, g.Partition)))
            logger.LogError(
                "Job {Job}: offsets {First} to {Last} of partition {Partition} did not reach {Receivers}, and topic {Topic} no longer has them all. Its tables lack what they hold. "
                + "If you have the records elsewhere, write them to a topic again and start the job anew; keep a topic's records for longer than the app may be away",
                job.Name, gaps.Min(g => g.First), gaps.Max(g => g.Last), job.NameOf(gaps.Key.Source, gaps.Key.Partition), ReceiversOf(gaps), job.Sources[gaps.Key.Source].Trigger.Topic);
        _known[job.Name] = [.. open.Select(g => g.Gap)];

        // A cell of a stage does not know which groups lack something.
        string ReceiversOf(IEnumerable<Gap> gaps) => job.Stages is null
            ? $"{gaps.Select(g => g.Group).Distinct().Count()} of its groups"
            : $"{gaps.Select(g => (g.Kind, g.Key)).Distinct().Count()} of its entities";
    }
}
