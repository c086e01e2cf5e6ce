using Microsoft.Extensions.Hosting;
using Serverless.App.Jobs;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Telemetry;

namespace Serverless.App.Telemetry;

/// <summary>Measures how far each job is behind its topic, where somebody listens. Every instance tells the same of all jobs: the greatest value is meant, not the sum.</summary>
/// <param name="catalog">The jobs.</param>
/// <param name="metrics">Told how far they are behind.</param>
/// <param name="clock">The clock.</param>
internal sealed class LagMeter(JobCatalog catalog, JobMetrics metrics, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<(string Job, List<(string? Topic, KafkaLag Lag)> Lags)>? asked = null;
        try
        {
            using var timer = new PeriodicTimer(Interval, clock);
            do
            {
                // Who listens may have started later than this.
                if (!metrics.IsLagWanted)
                    continue;
                asked ??= [.. catalog.All.Select(j => (j.Name, j.Sources.Where(s => s.Kafka is not null).Select(s => (j.TopicOf(s), new KafkaLag(s.Kafka!, s.ConsumerGroup, Patience))).ToList()))];
                // The client library waits on a thread.
                await Task.WhenAll(asked.Select(a => Task.Run(() => metrics.IsBehind(a.Job, LagOf(a.Lags)), stoppingToken)));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app ends.
        }
        finally
        {
            asked?.ForEach(a => a.Lags.ForEach(l => l.Lag.Dispose()));
        }
    }

    private static IReadOnlyList<PartitionLag>? LagOf(IReadOnlyList<(string? Topic, KafkaLag Lag)> sources)
    {
        var all = new List<PartitionLag>();
        foreach (var (topic, lag) in sources)
        {
            if (lag.GetLag() is not { } partitions)
                return null;
            all.AddRange(partitions.Select(p => p with { Topic = topic }));
        }
        return all;
    }
}
