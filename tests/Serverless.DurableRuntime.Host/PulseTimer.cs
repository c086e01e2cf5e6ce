using Microsoft.DurableTask.Client;
using Serverless.App.Entities;
using Serverless.Durable;

namespace Serverless.DurableRuntime.Host;

/// <summary>Calls the worker's pulse, and what it does between two batches, as often as its shortened times ask for: the app's minute.</summary>
/// <param name="worker">Gives the worker, once it runs.</param>
/// <param name="client">Stores signals.</param>
/// <param name="times">How long things take.</param>
internal sealed class PulseTimer(Func<Task<Worker>> worker, DurableTaskClient client, DurableTimes times)
{
    /// <summary>Calls it until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(times.CoverEvery);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var current = await worker();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(current.Death, cancellationToken);
            try
            {
                await current.Pulses.RunAsync(new EntityClient(client), stop.Token).WaitAsync(stop.Token);
                await current.Ingestion.CoverAsync(stop.Token).WaitAsync(stop.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The worker is dead. The next one's pulse comes with the next tick.
            }
        }
    }
}
