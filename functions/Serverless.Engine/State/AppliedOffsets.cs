namespace Serverless.Engine.State;

/// <summary>
/// Which offsets a group has seen: per partition, sorted disjoint ranges, touching ones merged. An event is applied iff its offset is not
/// covered. Batches that overlap, repeat or come in any order leave the same ranges.
/// </summary>
public sealed class AppliedOffsets
{
    private readonly SortedList<int, List<(long First, long Last)>> _partitions = [];

    /// <summary>The ranges of every partition.</summary>
    public IEnumerable<(int Partition, IReadOnlyList<(long First, long Last)> Ranges)> Partitions =>
        _partitions.Select(p => (p.Key, (IReadOnlyList<(long, long)>)p.Value));

    /// <summary>Whether an offset has been seen.</summary>
    public bool Covers(int partition, long offset)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            return false;
        var i = LastStartingAtOrBefore(ranges, offset);
        return i >= 0 && offset <= ranges[i].Last;
    }

    /// <summary>Whether nothing of a range has been seen, so that its events need no look one by one.</summary>
    public bool IsFree(int partition, long first, long last)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            return true;
        var i = LastStartingAtOrBefore(ranges, last);
        return i < 0 || ranges[i].Last < first;
    }

    /// <summary>Adds a range, both ends included.</summary>
    public void Add(int partition, long first, long last)
    {
        if (!_partitions.TryGetValue(partition, out var ranges))
            _partitions.Add(partition, ranges = []);

        // Merge with every range that overlaps or touches.
        var to = LastStartingAtOrBefore(ranges, last == long.MaxValue ? last : last + 1);
        var from = to + 1;
        while (from > 0 && ranges[from - 1].Last >= first - 1)
            from--;
        if (from <= to)
        {
            first = Math.Min(first, ranges[from].First);
            last = Math.Max(last, ranges[to].Last);
            ranges.RemoveRange(from, to - from + 1);
        }

        ranges.Insert(from, (first, last));
    }

    internal void Write(StateWriter writer)
    {
        writer.Long(_partitions.Count);
        foreach (var (partition, ranges) in _partitions)
        {
            writer.Long(partition);
            writer.Long(ranges.Count);
            foreach (var (first, last) in ranges)
            {
                writer.Long(first);
                writer.Long(last - first);
            }
        }
    }

    internal void Read(ref StateReader reader)
    {
        for (var partitions = reader.Count(); partitions > 0; partitions--)
        {
            var partition = (int)reader.Long();
            var ranges = new List<(long, long)>();
            for (var count = reader.Count(); count > 0; count--)
            {
                var first = reader.Long();
                ranges.Add((first, first + reader.Long()));
            }

            _partitions.Add(partition, ranges);
        }
    }

    private static int LastStartingAtOrBefore(List<(long First, long Last)> ranges, long offset)
    {
        // Nearly always there are one or two ranges, and the last is the one.
        var i = ranges.Count - 1;
        while (i >= 0 && ranges[i].First > offset)
            i--;
        return i;
    }
}
