namespace Serverless.Connectors.Telemetry;

/// <summary>How much a count grows in a second, averaged over a window, whoever asks and however often. Safe to use from any thread.</summary>
/// <param name="window">How far back the rate looks; a sample up to twice as old is used if there is no younger one.</param>
public sealed class RateWindow(TimeSpan window)
{
    private const int MostSamples = 25;

    private readonly Queue<(TimeSpan At, long Count)> _samples = [];
    private readonly Dictionary<int, long> _positions = [];
    private long _total;
    private TimeSpan _last;

    /// <summary>Adds a sample of a count.</summary>
    /// <param name="at">When it was taken, on a clock that nobody sets.</param>
    /// <param name="count">The count.</param>
    /// <returns>The growth in a second since the oldest sample of the window; null if there is none.</returns>
    public double? Add(TimeSpan at, long count)
    {
        lock (_samples)
        {
            while (_samples.TryPeek(out var old) && at - old.At > (_samples.Count > 1 ? window : 2 * window))
                _samples.Dequeue();
            if (_samples.Count == 0 || at - _last >= window / MostSamples)
            {
                _samples.Enqueue((at, count));
                _last = at;
            }
            var (since, before) = _samples.Peek();
            return at > since ? (count - before) / (at - since).TotalSeconds : null;
        }
    }

    /// <summary>Adds a sample of a consumer group's positions. A partition that is new, or begins anew, adds nothing.</summary>
    /// <param name="at">When it was taken, on a clock that nobody sets.</param>
    /// <param name="positions">By partition, the offset that the group reads next.</param>
    /// <returns>The records in a second since the oldest sample of the window; null if there is none.</returns>
    public double? Add(TimeSpan at, IEnumerable<KeyValuePair<int, long>> positions)
    {
        lock (_samples)
        {
            foreach (var (partition, next) in positions)
            {
                _total += _positions.TryGetValue(partition, out var known) ? Math.Max(0, next - known) : 0;
                _positions[partition] = next;
            }
            return Add(at, _total);
        }
    }
}
