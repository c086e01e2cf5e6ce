using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Serverless.App.Entities;

namespace Serverless.App.Triggers;

/// <summary>Passes by the entities each minute; one instance of the app does.</summary>
/// <param name="pulses">Does it.</param>
internal sealed class PulseFunction(JobPulses pulses)
{
    /// <summary>Passes by.</summary>
    /// <param name="timer">The time.</param>
    /// <param name="client">Reaches the entities.</param>
    /// <param name="context">Tells when the host stops.</param>
    [Function("Pulse")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(timer);
        return pulses.RunAsync(new EntityClient(client), context.CancellationToken);
    }
}
