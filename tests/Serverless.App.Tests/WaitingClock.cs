namespace Serverless.App.Tests;

/// <summary>A clock on which a wait is over at once, and the time later by it.</summary>
/// <param name="inner">The clock that it sets; one of its own unless given.</param>
internal sealed class WaitingClock(ManualClock? inner = null) : TimeProvider
{
    private readonly ManualClock _inner = inner ?? new ManualClock(FakeGenerations.Born);

    /// <summary>The waits, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Add(dueTime);
        _inner.Now += dueTime;
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
