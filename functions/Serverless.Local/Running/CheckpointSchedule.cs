namespace Serverless.Local.Running;

/// <summary>When the next checkpoint is due.</summary>
/// <param name="interval">How long rows may be held back.</param>
/// <param name="clock">The clock.</param>
internal sealed class CheckpointSchedule(TimeSpan interval, TimeProvider clock)
{
    private long _ended = clock.GetTimestamp();
    private TimeSpan _lasted;

    /// <summary>Whether a checkpoint may be made now: checkpoints take at most a fifth of the time.</summary>
    public bool IsAllowed => clock.GetElapsedTime(_ended) >= _lasted * 4;

    /// <summary>Whether rows have been held back long enough.</summary>
    public bool IsDue => IsAllowed && clock.GetElapsedTime(_ended) >= interval;

    /// <summary>Says that a checkpoint began then and ends now.</summary>
    public void Made(long began)
    {
        _ended = clock.GetTimestamp();
        _lasted = clock.GetElapsedTime(began, _ended);
    }
}
