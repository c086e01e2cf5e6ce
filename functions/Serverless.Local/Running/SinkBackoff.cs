using Microsoft.Extensions.Logging;
using Serverless.Engine.Runtime;

namespace Serverless.Local.Running;

/// <summary>Tracks a database that cannot be reached: when to try again, and whether it was reported.</summary>
/// <param name="first">How long to wait before the second attempt.</param>
/// <param name="clock">The clock.</param>
/// <param name="progress">Told how the sink is.</param>
/// <param name="logger">Told when it begins and when it is over.</param>
/// <param name="waiting">What waits meanwhile.</param>
/// <param name="again">What the job does again when it is over.</param>
internal sealed class SinkBackoff(TimeSpan first, TimeProvider clock, JobProgress progress, ILogger logger, string waiting = "rows wait", string again = "writes")
{
    private readonly Backoff _backoff = new(first, TimeSpan.FromSeconds(30));
    private int _failures;
    private long _since;
    private long _tried;
    private TimeSpan _pause;

    /// <summary>Whether there is one.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Whether it is time to try.</summary>
    public bool MayTry => !IsOn || clock.GetElapsedTime(_tried) >= _pause;

    /// <summary>Says that an attempt failed.</summary>
    public void Failed(Exception e)
    {
        _tried = clock.GetTimestamp();
        _failures = IsOn ? _failures + 1 : 1;
        _pause = _backoff.After(_failures, Random.Shared.NextDouble());
        progress.Sink = new SinkHealth(false, e.Message, IsOn ? progress.Sink.Since : clock.GetUtcNow());
        if (IsOn)
            return;
        (IsOn, _since) = (true, _tried);
        logger.LogWarning("Job {Job}: {Message}; trying again until it can, {Waiting}", progress.Job, e.Message, waiting);
    }

    /// <summary>Says that an attempt succeeded.</summary>
    public void Over()
    {
        if (IsOn)
            logger.LogWarning("Job {Job} {Again} again after {Seconds:0.0} s", progress.Job, again, clock.GetElapsedTime(_since).TotalSeconds);
        if (IsOn || progress.Sink.IsUp is null)
            progress.Sink = new SinkHealth(true);
        IsOn = false;
    }
}
