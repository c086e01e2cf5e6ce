using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>
/// Measures how long rows have been impossible to make. A later event usually mends such a row; one that stays so for <see cref="Patience"/> becomes a dead letter, each
/// version once.
/// </summary>
public sealed class FailureClock
{
    /// <summary>How long a row must have been impossible to make before that is the last word.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, (TimeSpan Since, RowVersion? Told)> _known = [];

    /// <summary>Returns whether a failing row has become a dead letter in some version.</summary>
    public bool IsTold(string key) => _known.TryGetValue(key, out var known) && known.Told is not null;

    /// <summary>Returns the keys of the rows that become dead letters now. Rows that do not fail any more are forgotten.</summary>
    /// <param name="failing">The rows that cannot be made, by key, and in which version.</param>
    /// <param name="now">The time, on a clock that nobody sets.</param>
    public IReadOnlyList<string> TakeLasting(IReadOnlyDictionary<string, RowVersion> failing, TimeSpan now)
    {
        foreach (var mended in _known.Keys.Where(k => !failing.ContainsKey(k)).ToList())
            _known.Remove(mended);
        var lasting = new List<string>();
        foreach (var (key, version) in failing)
        {
            if (!_known.TryGetValue(key, out var known))
                _known[key] = known = (now, null);
            if (known.Told == version || now - known.Since < Patience)
                continue;
            _known[key] = (now, version);
            lasting.Add(key);
        }
        return lasting;
    }
}
