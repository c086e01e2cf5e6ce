namespace Serverless.Engine.State;

/// <summary>
/// Which offsets have been seen: per partition, sorted disjoint ranges, touching ones merged. An event is applied iff its offset is not covered.
/// Batches that overlap, repeat or come in any order leave the same ranges. A gap between two ranges is proven if the upper one began with a slice that was
/// not the first of its reading: the slice before it is missing. A proven gap stays until that slice comes. Any other gap, between one reading and another, is
/// given up when both its sides are older than the horizon: no delivery is as late as that.
/// </summary>
public class AppliedOffsets
{
    private readonly SortedList<int, List<OffsetRange>> _partitions = [];

    /// <summary>The ranges of every partition.</summary>
    public IEnumerable<(int Partition, IReadOnlyList<OffsetRange> Ranges)> Partitions =>
        _partitions.Select(p => (p.Key, (IReadOnlyList<OffsetRange>)p.Value));

    /// <summary>The gaps that are proven.</summary>
    public IEnumerable<OffsetGap> Gaps
    {
        get
        {
            foreach (var (partition, ranges) in _partitions)
                for (var i = 0; i < ranges.Count; i++)
                    if (ranges[i].IsProof)
                        yield return new OffsetGap(partition, Math.Max(ranges[i].Began, i == 0 ? 0 : ranges[i - 1].Last + 1), ranges[i].First - 1, ranges[i].FirstAt);
        }
    }

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

    /// <summary>Adds what a slice covers, both ends included.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="first">Its first offset.</param>
    /// <param name="last">Its last offset; one less than the first if it covers nothing, and only proves what came before.</param>
    /// <param name="began">Where the reading began that the slice is of: at <paramref name="first"/>, if the slice is its first, or before.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="horizon">How far apart two deliveries of one record may be, in milliseconds.</param>
    public virtual void Add(int partition, long first, long last, long began, long now, long horizon)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            _partitions.Add(partition, ranges = []);

        // Merge with every range that overlaps or touches; each end keeps the time at which it was reached.
        var merged = new OffsetRange(first, last, now, now, Math.Min(began, first));
        var to = LastStartingAtOrBefore(ranges, last + 1);
        var from = to + 1;
        while (from > 0 && ranges[from - 1].Last >= first - 1)
        {
            from--;
            merged = merged.Merge(ranges[from]);
        }

        ranges.RemoveRange(from, to - from + 1);
        // What proves nothing and covers nothing is nothing.
        if (merged.First <= merged.Last || merged.IsProof)
            ranges.Insert(from, merged);

        for (var i = ranges.Count - 2; i >= 0; i--)
        {
            if (ranges[i + 1].IsProof || now - ranges[i].LastAt <= horizon || now - ranges[i + 1].FirstAt <= horizon)
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
                writer.Long(range.First - range.Began);
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="hasProofs">Whether they say where readings began; those of former versions do not.</param>
    internal void Read(ref StateReader reader, bool hasProofs = true)
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
                var lastAt = firstAt + reader.Long();
                ranges.Add(new OffsetRange(first, last, firstAt, lastAt, hasProofs ? first - reader.Long() : first));
            }

            if (!_partitions.TryAdd(partition, ranges))
                throw reader.Damaged();
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
/// <param name="Last">The last; one less than the first in a range that only proves what is missing before it.</param>
/// <param name="FirstAt">When the first was reached, in milliseconds.</param>
/// <param name="LastAt">When the last was reached.</param>
/// <param name="Began">Where the reading began of whose slices the first was seen: at the first, or before.</param>
public readonly record struct OffsetRange(long First, long Last, long FirstAt, long LastAt, long Began)
{
    /// <summary>Whether it proves that offsets right before it are missing: the slice it began with was not the first of its reading.</summary>
    public bool IsProof => Began < First;

    internal OffsetRange Merge(OffsetRange other)
    {
        var (low, high) = (First < other.First || (First == other.First && FirstAt < other.FirstAt), Last > other.Last || (Last == other.Last && LastAt < other.LastAt));
        // Whichever of the two proves more: what lies between where a reading began and the first offset of both was sent, and is not here.
        var began = Math.Min(Began, other.Began);
        return new OffsetRange(
            low ? First : other.First,
            high ? Last : other.Last,
            began < (low ? Began : other.Began) ? Math.Max(FirstAt, other.FirstAt) : low ? FirstAt : other.FirstAt,
            high ? LastAt : other.LastAt,
            began);
    }
}

/// <summary>Offsets that hold an event which a group has not been told of, though it has been told of later ones.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first offset; the event is somewhere from here on.</param>
/// <param name="Last">The last offset.</param>
/// <param name="Since">When the proof came, in milliseconds. A slice that is on its way soon closes the gap; one that is lost never does.</param>
public readonly record struct OffsetGap(int Partition, long First, long Last, long Since);
