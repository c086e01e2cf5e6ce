using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Connectors;

/// <summary>
/// Writes a job's waiting rows to its sink, in parts of at most <see cref="ISink.MaxRows"/>. What the sink refuses for good is a dead letter before its part is acknowledged,
/// so that no row is lost. Counts visits to the sink. It retries nothing: <c>SinkBackoff</c> does on one
/// machine, and <c>Outbox</c> in the app, both after a <see cref="Engine.Runtime.Backoff"/>.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="setAside">Writes dead letters; returns when they are durable.</param>
/// <param name="clock">The clock.</param>
/// <param name="metrics">Counts visits; null for nobody.</param>
public sealed class SinkWriter(Job job, Func<IReadOnlyList<DeadLetter>, CancellationToken, Task> setAside, TimeProvider clock, JobMetrics? metrics = null)
{
    /// <summary>How long a visit takes before no further part is begun.</summary>
    public TimeSpan LongestVisit { get; init; } = TimeSpan.MaxValue;

    /// <summary>Visits the sink once.</summary>
    /// <param name="connect">Returns the sink, connected.</param>
    /// <param name="rows">The rows, at most one per key.</param>
    /// <param name="acknowledge">Told of each part that is durable: its rows, and how many of them were refused.</param>
    /// <param name="isRetry">Whether the visit before this one failed.</param>
    /// <param name="cancellationToken">Stops writing; what is not acknowledged must be written again.</param>
    /// <returns>How many rows were written; refused ones do not count.</returns>
    /// <exception cref="SinkUnavailableException">The sink, or the place for dead letters, cannot be reached now: what is not acknowledged must be written again.</exception>
    public async Task<int> WriteAsync(
        Func<CancellationToken, Task<ISink>> connect, IReadOnlyList<RowChange> rows, Action<RowChange[], int> acknowledge, bool isRetry, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var (written, isFailure) = (0, true);
        if (isRetry)
            metrics?.Retries(job.Name);
        try
        {
            var sink = await connect(cancellationToken);
            foreach (var part in rows.Chunk(sink.MaxRows))
            {
                if (clock.GetElapsedTime(began) > LongestVisit)
                    break;
                var refused = await sink.WriteAsync(part, cancellationToken);
                if (refused.Count > 0)
                    await setAside([.. refused.Select(r => DeadLetterFactory.Of(job, r))], cancellationToken);
                acknowledge(part, refused.Count);
                written += part.Length - refused.Count;
            }
            isFailure = false;
            return written;
        }
        finally
        {
            metrics?.Wrote(job.Name, written, clock.GetElapsedTime(began), isFailure);
        }
    }
}
