namespace Serverless.Local.Web;

/// <summary>How many records a job reads in a second, of the last few seconds, whoever asks and however often. Safe to use from any thread.</summary>
/// <param name="clock">The clock.</param>
internal sealed class RecordRate(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Queue<(long At, long Records)> _samples = new([(clock.GetTimestamp(), 0)]);
    private long _last = clock.GetTimestamp();

    /// <summary>Returns the rate for the number of records read so far; null if the last call was too long ago.</summary>
    public double? Measure(long records)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            while (_samples.Count > 1 && clock.GetElapsedTime(_samples.Peek().At, now) > Window)
                _samples.Dequeue();
            var (at, before) = _samples.Peek();
            if (clock.GetElapsedTime(_last, now) >= Apart)
            {
                _samples.Enqueue((now, records));
                _last = now;
            }
            var seconds = clock.GetElapsedTime(at, now).TotalSeconds;
            return seconds <= 0 || seconds > 2 * Window.TotalSeconds ? null : Math.Round((records - before) / seconds, 1);
        }
    }
}
