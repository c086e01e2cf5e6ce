namespace Serverless.App.Http;

/// <summary>How many records a job reads in a second, from how far its consumer group has come: all instances commit to it, and none has counted what the others read.</summary>
internal sealed class CommitRate
{
    // A batch is committed as one: over less time the rate would jump between nothing and too much.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Queue<(TimeSpan At, IReadOnlyDictionary<int, long> Positions)> _looks = new();

    /// <summary>Takes a look.</summary>
    /// <param name="at">When it was, on a clock that nobody sets.</param>
    /// <param name="positions">By partition, the offset that the group reads next.</param>
    /// <returns>The records in a second since the first look of the last half a minute; null where this is the first.</returns>
    public double? Add(TimeSpan at, IReadOnlyDictionary<int, long> positions)
    {
        while (_looks.TryPeek(out var old) && at - old.At > Window)
            _looks.Dequeue();
        _looks.Enqueue((at, positions));
        var (since, before) = _looks.Peek();
        // A topic that was made anew begins at nothing.
        return at > since ? positions.Sum(p => before.TryGetValue(p.Key, out var was) ? Math.Max(0, p.Value - was) : 0) / (at - since).TotalSeconds : null;
    }
}
