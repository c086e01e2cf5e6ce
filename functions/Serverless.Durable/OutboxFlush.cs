using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>Writes what waits in an <see cref="Outbox"/>.</summary>
/// <param name="job">The job.</param>
/// <param name="letters">Where refused rows, and rows that cannot be made, go.</param>
/// <param name="clock">The clock.</param>
public sealed class OutboxFlush(DurableJob job, IDeadLetters letters, TimeProvider clock)
{
    // What is left is the next visit's: an operation holds its entity for as long as it takes.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private const int MostRows = 10_000;

    /// <summary>Writes; what cannot be written now stays, and the box's timer sees to it.</summary>
    /// <param name="box">The rows.</param>
    /// <param name="sink">Where to.</param>
    /// <param name="cancellationToken">Stops writing; what is not acknowledged stays.</param>
    /// <returns>How many rows were written, and why no more; null where all were.</returns>
    public async Task<(int Rows, SinkUnavailableException? Outage)> WriteAsync(Outbox box, ISink sink, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var written = 0;
        try
        {
            foreach (var rows in box.Take(MostRows).Chunk(sink.MaxRows))
            {
                if (clock.GetElapsedTime(began) > Longest)
                    break;
                var refused = await sink.WriteAsync(rows, cancellationToken);
                if (refused.Count > 0)
                    await letters.WriteAsync([.. refused.Select(r => DeadLetterFactory.Of(job.Job, r))], cancellationToken);
                box.Written(rows, clock.GetUtcNow());
                written += rows.Length - refused.Count;
            }
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
