namespace Serverless.Engine.State;

/// <summary>
/// Which offsets have been seen: per partition, sorted disjoint ranges, touching ones merged. An event is applied iff its offset is not covered.
/// Batches that overlap, repeat or come in any order leave the same ranges. A gap is given up only when both its sides are older than
/// the horizon: no delivery is as late as that.
/// </summary>
public class AppliedOffsets
{
    private readonly SortedList<int, List<OffsetRange>> _partitions = [];

    /// <summary>The ranges of every partition.</summary>
    public IEnumerable<(int Partition, IReadOnlyList<OffsetRange> Ranges)> Partitions =>
        _partitions.Select(p => (p.Key, (IReadOnlyList<OffsetRange>)p.Value));

    /// <summary>Whether an offset has been seen.</summary>
    public virtual bool Covers(int partition, long offset)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            return false;
        var i = LastStartingAtOrBefore(ranges, offset);
        return i >= 0 && offset <= ranges[i].Last;
    }

    /// <summary>Whether nothing of a range has been seen, so that its events need no look one by one.</summary>
    public virtual bool IsFree(int partition, long first, long last)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            return true;
        var i = LastStartingAtOrBefore(ranges, last);
        return i < 0 || ranges[i].Last < first;
    }

    /// <summary>Adds a range, both ends included.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="first">Its first offset.</param>
    /// <param name="last">Its last offset.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="horizon">How far apart two deliveries of one record may be, in milliseconds.</param>
    public void Add(int partition, long first, long last, long now, long horizon)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            _partitions.Add(partition, ranges = []);

        // Merge with every range that overlaps or touches; each end keeps the time at which it was reached.
        var merged = new OffsetRange(first, last, now, now);
        var to = LastStartingAtOrBefore(ranges, last + 1);
        var from = to + 1;
        while (from > 0 && ranges[from - 1].Last >= first - 1)
        {
            from--;
            merged = merged.Merge(ranges[from]);
        }

        ranges.RemoveRange(from, to - from + 1);
        ranges.Insert(from, merged);

        for (var i = ranges.Count - 2; i >= 0; i--)
        {
            if (now - ranges[i].LastAt <= horizon || now - ranges[i + 1].FirstAt <= horizon)
                continue;
            ranges[i] = ranges[i].Merge(ranges[i + 1]);
            ranges.RemoveAt(i + 1);
        }
    }

    internal void Write(StateWriter writer)
    {
        writer.Long(_partitions.Count);
        foreach (var (partition, ranges) in _partitions)
        {
            writer.Long(partition);
            writer.Long(ranges.Count);
            foreach (var range in ranges)
            {
                writer.Long(range.First);
                writer.Long(range.Last - range.First);
                writer.Long(range.FirstAt);
                writer.Long(range.LastAt - range.FirstAt);
            }
        }
    }

    internal void Read(ref StateReader reader)
    {
        for (var partitions = reader.Count(); partitions > 0; partitions--)
        {
            var partition = (int)reader.Long();
            var ranges = new List<OffsetRange>();
            for (var count = reader.Count(); count > 0; count--)
            {
                var first = reader.Long();
                var last = first + reader.Long();
                var firstAt = reader.Long();
                ranges.Add(new OffsetRange(first, last, firstAt, firstAt + reader.Long()));
            }

            _partitions.Add(partition, ranges);
        }
    }

    private static int LastStartingAtOrBefore(List<OffsetRange> ranges, long offset)
    {
        // Nearly always there are one or two ranges, and the last is the one.
        var i = ranges.Count - 1;
        while (i >= 0 && ranges[i].First > offset)
            i--;
        return i;
    }
}

/// <summary>A stretch of offsets that have been seen.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="FirstAt">When the first was reached, in milliseconds.</param>
/// <param name="LastAt">When the last was reached.</param>
public readonly record struct OffsetRange(long First, long Last, long FirstAt, long LastAt)
{
    internal OffsetRange Merge(OffsetRange other)
    {
        var (low, high) = (First < other.First || (First == other.First && FirstAt < other.FirstAt), Last > other.Last || (Last == other.Last && LastAt < other.LastAt));
        return new OffsetRange(
            low ? First : other.First,
            high ? Last : other.Last,
            low ? FirstAt : other.FirstAt,
            high ? LastAt : other.LastAt);
    }
}
