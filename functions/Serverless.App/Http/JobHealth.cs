using Serverless.App.Entities;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Engine.State;

namespace Serverless.App.Http;

/// <summary>Whether the jobs run. A look lasts for a while, as anyone may ask, and is over within two seconds, whatever hangs.</summary>
/// <param name="catalog">The jobs.</param>
/// <param name="watch">Knows whether their states are the current ones.</param>
/// <param name="probe">Knows whether their sinks can be reached; why not is no anonymous caller's to read.</param>
/// <param name="clock">The clock.</param>
internal sealed class JobHealth(JobCatalog catalog, GenerationWatch watch, SinkProbe probe, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private readonly CoalescingCache<string, HealthReport> _report = new(GoodFor, clock);

    /// <summary>Returns whether the jobs run, and why not.</summary>
    /// <param name="entities">Reaches the entities; null leaves out what they know.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<HealthReport> GetAsync(EntityClient? entities, CancellationToken cancellationToken) =>
        _report.GetAsync("", () => ProbeAsync(entities), cancellationToken);

    private async Task<HealthReport> ProbeAsync(EntityClient? entities)
    {
        // What a probe that hangs finds out later is another look's to know.
        using var stop = new CancellationTokenSource(Patience);
        var jobs = await Task.WhenAll(catalog.All.Select(j => ProbeAsync(j, entities, stop.Token)));
        List<string> reasons = [.. jobs.SelectMany(j => j.Reasons)];
        if (jobs.Length == 0)
            reasons.Add("no job is loaded");
        return new HealthReport(jobs.Length, Array.TrueForAll(jobs, j => j.IsCurrent), Array.TrueForAll(jobs, j => j.HasBrokers), Array.TrueForAll(jobs, j => j.HasSink), reasons);
    }

    private async Task<JobLook> ProbeAsync(AppJob job, EntityClient? entities, CancellationToken stop)
    {
        var current = TryAsync(async () => (GenerationStatus?)await watch.GetStatusAsync(job, stop), stop);
        var brokers = TryAsync(async () => (bool?)Array.TrueForAll(await Task.WhenAll(job.Sources.Select(s => s.Kafka).OfType<KafkaSettings>().Select(k => KafkaProbe.IsReachableAsync(k, Patience, stop))), b => b), stop);
        var sink = TryAsync(async () => (await probe.GetStatusAsync(job, stop)).IsUp, stop);
        var running = entities is not null ? TryAsync(() => RunningAsync(job, entities, stop), stop) : Task.FromResult<IReadOnlyList<string>?>([]);
        var reasons = new List<string>();
        var standing = await current;
        if (standing is null)
            reasons.Add("the storage account does not answer");
        else if (standing != GenerationStatus.Current)
            reasons.Add(standing == GenerationStatus.Gone ? "the task hub began anew" : "another version of the app has taken over");
        var (hasBrokers, hasSink) = (await brokers is true, await sink is true);
        if (!hasBrokers)
            reasons.Add(job.Sources.Count == 1 ? "its topic cannot be reached" : "one of its topics cannot be reached");
        if (!hasSink)
            reasons.Add("its table cannot be reached");
        reasons.AddRange(await running ?? ["its entities cannot be asked"]);
        return new JobLook(standing == GenerationStatus.Current, hasBrokers, hasSink, [.. reasons.Select(r => $"job {job.Name}: {r}")]);
    }

    private async Task<IReadOnlyList<string>?> RunningAsync(AppJob job, EntityClient entities, CancellationToken stop)
    {
        var outputs = Task.WhenAll(Enumerable.Range(0, OutboxPartition.Count).Select(part => entities.GlanceAtOutputAsync(job.EntityKeys.OfOutput(part), stop)));
        var state = await entities.GetJobAsync(job.EntityKeys.OfJob, stop);
        var (now, times) = (clock.GetUtcNow(), job.Job.Times);
        var reasons = new List<string>();
        if ((await outputs).Any(o => o?.IsStuck(now, times) is true))
            reasons.Add("rows wait and nothing is due");
        if (state?.IsStuck(times) is true)
            reasons.Add("its lag grows and nothing is done");
        if (state?.StandingStill(times, now).ToList() is { Count: > 0 } still)
            reasons.Add($"records wait, and none of partition {string.Join(", ", still.Select(s => job.NameOf(s.Source, s.Partition)))} has been committed for {still.Max(s => (int)(s.Heard - s.Since).TotalMinutes)} minutes");
        foreach (var gaps in state?.OpenGaps(times, now).GroupBy(g => (g.Gap.Source, g.Gap.Partition)) ?? [])
            reasons.Add($"offsets {gaps.Min(g => g.Gap.First)} to {gaps.Max(g => g.Gap.Last)} of partition {job.NameOf(gaps.Key.Source, gaps.Key.Partition)} did not reach all groups");
        return reasons;
    }

    // Null if it fails or takes too long.
    private static async Task<T?> TryAsync<T>(Func<Task<T?>> ask, CancellationToken stop)
    {
        try
        {
            return await Task.Run(ask, CancellationToken.None).WaitAsync(stop);
        }
        catch (Exception)
        {
            return default;
        }
    }

    private sealed record JobLook(bool IsCurrent, bool HasBrokers, bool HasSink, IReadOnlyList<string> Reasons);
}
