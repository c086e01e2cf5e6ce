using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Serverless.App.Jobs;
using Serverless.Connectors.Kafka;

namespace Serverless.App.Telemetry;

/// <summary>Measures how far each job is behind its topic, where somebody listens. Every instance tells the same of all jobs: the greatest value is meant, not the sum.</summary>
internal sealed class LagMeter : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> _lags = new();
    private readonly JobCatalog _catalog;
    private readonly TimeProvider _clock;
    private readonly Instrument _lag;

    /// <summary>Makes the instrument.</summary>
    public LagMeter(JobCatalog catalog, IMeterFactory meters, TimeProvider clock)
    {
        (_catalog, _clock) = (catalog, clock);
        _lag = meters.Create(DurableMetrics.Name).CreateObservableGauge<long>(
            "serverless.lag",
            () => _lags.Select(l => new Measurement<long>(l.Value, new KeyValuePair<string, object?>("job", l.Key))),
            "{record}",
            "Records of the topic that are not committed");
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<(string Job, KafkaLag Lag)>? asked = null;
        try
        {
            using var timer = new PeriodicTimer(Interval, _clock);
            do
            {
                // Who listens may have started later than this.
                if (!_lag.Enabled)
                    continue;
                asked ??= [.. _catalog.All.Where(j => j.Kafka is not null).Select(j => (j.Name, new KafkaLag(j.Kafka!, j.ConsumerGroup, Patience)))];
                // The client library waits on a thread.
                await Task.WhenAll(asked.Select(a => Task.Run(() => Measure(a.Job, a.Lag), stoppingToken)));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app ends.
        }
        finally
        {
            asked?.ForEach(a => a.Lag.Dispose());
        }
    }

    // Brokers that do not answer leave no old value behind.
    private void Measure(string job, KafkaLag lag)
    {
        if (lag.Ask() is { } records)
            _lags[job] = records.Sum(r => r.Lag);
        else
            _lags.TryRemove(job, out _);
    }
}
