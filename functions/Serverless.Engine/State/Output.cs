namespace Serverless.Engine.State;

/// <summary>
/// The rows of one sink that are yet to be written, the newest version of each. Pure: a host takes rows, writes them, and says how that went.
/// </summary>
public sealed class Output
{
    private readonly Dictionary<string, RowChange> _pending = [];
    private readonly Dictionary<string, FailedRow> _failures = [];

    /// <summary>The rows waiting.</summary>
    public int Pending => _pending.Count;

    /// <summary>The versions of rows that could not be made, so far.</summary>
    public long Failed { get; private set; }

    /// <summary>The rows whose newest version could not be made.</summary>
    public IReadOnlyCollection<FailedRow> Failures => _failures.Values;

    /// <summary>Takes what a group answered: of two versions of a row the one made of more events stays, and of equal ones the later.</summary>
    public void Add(in GroupAnswer answer)
    {
        foreach (var change in answer.Rows)
        {
            if (!_pending.TryGetValue(change.Key, out var known) || change.Version >= known.Version)
                _pending[change.Key] = change;
            if (_failures.TryGetValue(change.Key, out var failure) && change.Version >= failure.Version)
                _failures.Remove(change.Key);
        }

        foreach (var failure in answer.Failures)
        {
            Failed++;
            if (!_failures.TryGetValue(failure.Key, out var known) || failure.Version >= known.Version)
                _failures[failure.Key] = failure;
        }
    }

    /// <summary>The rows to write. They stay pending until they are <see cref="Acknowledge">acknowledged</see>.</summary>
    public IReadOnlyList<RowChange> Take() => [.. _pending.Values];

    /// <summary>Says that rows are written, or set aside: they are pending no more, unless a newer version came meanwhile.</summary>
    public void Acknowledge(IEnumerable<RowChange> changes)
    {
        foreach (var change in changes)
            if (_pending.TryGetValue(change.Key, out var known) && known.Version <= change.Version)
                _pending.Remove(change.Key);
    }

    /// <summary>Hands over the rows whose newest version could not be made, and forgets them: they become dead letters.</summary>
    public IReadOnlyList<FailedRow> TakeFailures()
    {
        var failures = _failures.Values.ToList();
        _failures.Clear();
        return failures;
    }
}
