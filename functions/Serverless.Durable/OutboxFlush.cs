using Serverless.Connectors;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>Writes what waits in an <see cref="Outbox"/>.</summary>
/// <param name="job">The job.</param>
/// <param name="letters">Where refused rows, and rows that cannot be made, go.</param>
/// <param name="clock">The clock.</param>
/// <param name="metrics">Counts visits to the sink; null for nobody.</param>
public sealed class OutboxFlush(DurableJob job, IDeadLetters letters, TimeProvider clock, JobMetrics? metrics = null)
{
    private const int MostRows = 10_000;

    // What is left is the next visit's: an operation holds its entity for as long as it takes.
    private readonly SinkWriter _writer = new(job.Job, letters.WriteAsync, clock, metrics) { LongestVisit = TimeSpan.FromSeconds(20) };

    /// <summary>Writes; what cannot be written now stays, and the box's timer sees to it.</summary>
    /// <param name="box">The rows.</param>
    /// <param name="connect">Returns the sink, connected.</param>
    /// <param name="cancellationToken">Stops writing; what is not acknowledged stays.</param>
    /// <returns>How many rows were written, and why no more; null if all were.</returns>
    public async Task<(int Rows, SinkUnavailableException? Outage)> WriteAsync(Outbox box, Func<CancellationToken, Task<ISink>> connect, CancellationToken cancellationToken)
    {
        var written = 0;
        try
        {
            await _writer.WriteAsync(
                connect,
                box.Take(MostRows),
                (part, refused) =>
                {
                    box.Written(part, clock.GetUtcNow());
                    written += part.Length - refused;
                },
                box.HasFailed,
                cancellationToken);
            await WriteFailuresAsync(box, cancellationToken);
            return (written, null);
        }
        catch (SinkUnavailableException e)
        {
            box.Failed();
            return (written, e);
        }
    }

    private async Task WriteFailuresAsync(Outbox box, CancellationToken cancellationToken)
    {
        DeadLetter[] failures = [.. box.LastingFailures(clock.GetUtcNow()).Select(f => DeadLetterFactory.Of(job.Job, f))];
        if (failures.Length == 0)
            return;
        await letters.WriteAsync(failures, cancellationToken);
        box.ForgetFailures();
    }
}
