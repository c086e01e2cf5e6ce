using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Telemetry;

/// <summary>Decides when to warn of a job's dead letters: of the first at once, of those that follow together, so that many letters do not make many warnings. Pure: the time is passed in.</summary>
internal sealed class DeadLetterWarnings
{
    /// <summary>How long after a warning the next one comes at the earliest.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private DateTimeOffset? _warned;
    private int _untold;
    private string _last = "";

    /// <summary>When <see cref="Take"/> will return a warning; null if there is none.</summary>
    public DateTimeOffset? Due => _untold > 0 ? _warned + Interval : null;

    /// <summary>Takes letters.</summary>
    /// <returns>The one to warn of at once; null if that has to wait.</returns>
    public DeadLetter? Add(IReadOnlyList<DeadLetter> letters, DateTimeOffset now)
    {
        if (letters.Count == 0)
            return null;
        var first = _untold == 0 && (_warned is null || now - _warned >= Interval) ? letters[0] : null;
        if (first is not null)
            _warned = now;
        _untold += letters.Count - (first is null ? 0 : 1);
        _last = letters[^1].Reason;
        return first;
    }

    /// <summary>Those not warned of yet, where it is time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isLast">Whether there is no other time.</param>
    /// <returns>How many, and why the last one of them is one; null if nothing is to be said.</returns>
    public (int Letters, string Reason)? Take(DateTimeOffset now, bool isLast)
    {
        if (Due is not { } due || (now < due && !isLast))
            return null;
        var untold = _untold;
        (_untold, _warned) = (0, now);
        return (untold, _last);
    }
}
