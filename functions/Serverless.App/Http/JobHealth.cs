using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.Connectors.Kafka;

namespace Serverless.App.Http;

/// <summary>Whether the jobs could run now. A look lasts for a while: anyone may ask.</summary>
/// <param name="catalog">The jobs.</param>
/// <param name="watch">Knows whether their states are the current ones.</param>
/// <param name="probe">Knows whether their sinks can be reached; why not is no anonymous caller's to read.</param>
/// <param name="clock">The clock.</param>
internal sealed class JobHealth(JobCatalog catalog, GenerationWatch watch, SinkProbe probe, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (DateTimeOffset At, HealthReport Report)? _seen;

    /// <summary>How it is.</summary>
    public async Task<HealthReport> LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_seen is { } seen && clock.GetUtcNow() - seen.At < GoodFor)
                return seen.Report;
            var brokers = Task.WhenAll(catalog.All.Select(j => j.Kafka).OfType<KafkaSettings>().Select(k => KafkaProbe.IsReachableAsync(k, Patience, cancellationToken)));
            var sinks = Task.WhenAll(catalog.All.Select(j => probe.LookAsync(j, cancellationToken)));
            var current = Task.WhenAll(catalog.All.Select(j => IsCurrentAsync(j, cancellationToken)));
            var report = new HealthReport(catalog.All.Count, Array.TrueForAll(await current, c => c), Array.TrueForAll(await brokers, b => b), Array.TrueForAll(await sinks, s => s.IsUp is true));
            _seen = (clock.GetUtcNow(), report);
            return report;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<bool> IsCurrentAsync(AppJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await watch.LookAsync(job, cancellationToken) == Standing.Current;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
