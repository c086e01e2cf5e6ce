using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Local.Running;

/// <summary>
/// Measures the delay: of each batch and partition the oldest record that became an event, from its timestamp to the moment when all rows are
/// acknowledged that the batch has changed. Records without a timestamp give none.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="metrics">Told the delays.</param>
/// <param name="clock">The clock.</param>
internal sealed class Delays(string job, JobMetrics metrics, TimeProvider clock)
{
    // While a sink is away, batches that change the same rows again and again come without end: those beyond are not measured.
    private const int Most = 10_000;

    private readonly Dictionary<int, long> _oldest = []; // by partition
    private readonly List<long> _waiting = [];

    /// <summary>Takes a batch whose rows are yet to be written.</summary>
    public void Add(IngestedBatch batch)
    {
        if (!metrics.IsDelayWanted || _waiting.Count >= Most)
            return;
        _oldest.Clear();
        foreach (var group in batch.Groups)
            foreach (var slice in group.Slices.Span)
                if (slice.Oldest is { } oldest && (!_oldest.TryGetValue(slice.Partition, out var known) || oldest < known))
                    _oldest[slice.Partition] = oldest;
        _waiting.AddRange(_oldest.Values);
    }

    /// <summary>Says that all rows are acknowledged.</summary>
    public void Acknowledged()
    {
        var now = clock.GetUtcNow();
        foreach (var oldest in _waiting)
            metrics.Acknowledged(job, oldest, now);
        _waiting.Clear();
    }
}
