using Microsoft.Extensions.Hosting;

namespace Serverless.App.Triggers;

/// <summary>Has jobs of which no batch comes say how far they have read: what this process has sent, only this process knows.</summary>
/// <param name="ingestion">Says it.</param>
/// <param name="clock">The clock.</param>
internal sealed class IdleIngestion(Ingestion ingestion, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await ingestion.CoverAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app ends.
        }
    }
}
