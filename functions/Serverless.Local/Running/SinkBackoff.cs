using Microsoft.Extensions.Logging;

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
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

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
        var next = IsOn ? _pause * 2 : first;
        // Jobs that lost one database together do not come back to it together.
        _pause = (next < Longest ? next : Longest) * (0.75 + Random.Shared.NextDouble() / 4);
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
