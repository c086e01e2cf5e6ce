namespace Serverless.Engine.Runtime;

/// <summary>How long to wait before a failed attempt is repeated: twice as long after each failure, up to a limit.</summary>
/// <param name="First">The longest wait after the first failure.</param>
/// <param name="Longest">The longest wait after any.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    private const int MostDoublings = 30;

    /// <summary>Returns the wait after a number of failures in a row.</summary>
    /// <param name="failures">The failures, at least one.</param>
    /// <param name="jitter">From 0 to 1; those who failed together give different ones, so that they do not come back together: the wait is at most a quarter shorter.</param>
    public TimeSpan After(int failures, double jitter)
    {
        var wait = First * Math.Pow(2, Math.Clamp(failures - 1, 0, MostDoublings));
        return (wait < Longest ? wait : Longest) * (0.75 + jitter / 4);
    }
}
