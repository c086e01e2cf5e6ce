using Serverless.Connectors.Telemetry;

namespace Serverless.Local.Running;

/// <summary>
/// Measures the delay: of each batch and partition the oldest record that became an event, from its timestamp to the moment when all rows are
/// acknowledged that the batch has changed. Records without a timestamp give none.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="metrics">Told the delays.</param>
/// <param name="clock">The clock.</param>
internal sealed class LatencyTracker(string job, JobMetrics metrics, TimeProvider clock)
{
    // While a sink is away, batches that change the same rows again and again come without end: those beyond are not measured.
    private const int Most = 10_000;

    private readonly List<long> _waiting = [];

    /// <summary>Takes the oldest timestamp of each partition of a batch whose rows are yet to be written.</summary>
    public void Add(IEnumerable<long> oldest)
    {
        if (metrics.IsDelayWanted && _waiting.Count < Most)
            _waiting.AddRange(oldest);
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
