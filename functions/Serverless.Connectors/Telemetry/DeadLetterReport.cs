using Microsoft.Extensions.Logging;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Telemetry;

/// <summary>Counts a job's dead letters and warns of them: see <see cref="DeadLetterWarnings"/>. Safe to use from any thread.</summary>
/// <param name="job">The job.</param>
/// <param name="place">Where its letters go, for a user.</param>
/// <param name="metrics">Counts them.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of them.</param>
public sealed class DeadLetterReport(string job, string place, JobMetrics metrics, TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly DeadLetterWarnings _warnings = new();
    private ITimer? _timer;

    /// <summary>Letters were written.</summary>
    public void Written(IReadOnlyList<DeadLetter> letters)
    {
        metrics.SetAside(job, letters);
        lock (_lock)
        {
            if (_warnings.Add(letters, clock.GetUtcNow()) is { } first)
                Warn(first);
            SetTimer();
        }
    }

    /// <summary>Says what has not been said; more letters may follow.</summary>
    public void Flush()
    {
        lock (_lock)
            Report(isLast: true);
    }

    /// <summary>Says what has not been said.</summary>
    public void Dispose()
    {
        Flush();
        lock (_lock)
            _timer?.Dispose();
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            Report(isLast: false);
            SetTimer();
        }
    }

    // One at most, and none while nothing waits to be said.
    private void SetTimer()
    {
        if (_timer is not null || _warnings.Due is not { } due)
            return;
        var wait = due - clock.GetUtcNow();
        _timer = clock.CreateTimer(_ => OnTimer(), null, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Report(bool isLast)
    {
        if (_warnings.Take(clock.GetUtcNow(), isLast) is not { } untold)
            return;
        if (untold.Letters == 1)
            logger.LogWarning("Job {Job}: one more dead letter: {Reason}; dead letters are in {Place}", job, untold.Reason, place);
        else
            logger.LogWarning("Job {Job}: {Letters} more dead letters, the last one: {Reason}; dead letters are in {Place}", job, untold.Letters, untold.Reason, place);
    }

    private void Warn(DeadLetter letter)
    {
        if (letter is { Topic: not null, Partition: null })
            logger.LogWarning("Job {Job}: event {Number} fed to topic {Topic} is a dead letter: {Reason}; dead letters are in {Place}", job, letter.Offset, letter.Topic, letter.Reason, place);
        else if (letter.Row is null)
            logger.LogWarning(
                "Job {Job}: a record of topic {Topic}, partition {Partition}, offset {Offset}, is a dead letter: {Reason}; dead letters are in {Place}",
                job, letter.Topic, letter.Partition, letter.Offset, letter.Reason, place);
        else
            logger.LogWarning("Job {Job}: the row {Row} is a dead letter: {Reason}; dead letters are in {Place}", job, letter.Row, letter.Reason, place);
    }
}
