namespace Serverless.App.Telemetry;

/// <summary>When to say what would be said again and again: the first time at once, and then at most every half minute with how often it happened. Safe to use from any thread.</summary>
internal sealed class RepeatedWarnings
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // Reasons may hold values: what is no longer heard is forgotten.
    private const int MostRemembered = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset Said, int Since)> _known = [];

    /// <summary>Counts one.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="now">The time.</param>
    /// <returns>If it is to be said now, how often it happened meanwhile: words to put behind it, or none. Otherwise null.</returns>
    public string? Count(string what, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(what, out var known) && now - known.Said < Interval)
            {
                _known[what] = known with { Since = known.Since + 1 };
                return null;
            }
            if (_known.Count >= MostRemembered)
                foreach (var old in _known.Where(k => now - k.Value.Said >= Interval).Select(k => k.Key).ToList())
                    _known.Remove(old);
            _known[what] = (now, 0);
            return known.Since > 0 ? $" ({known.Since + 1} times since this was last said)" : "";
        }
    }
}
