using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>The aggregates that keep every value, in the order of the records: timestamp, partition, offset.</summary>
internal sealed class ListAccumulator(AggregateCall call) : Accumulator
{
    private readonly List<Entry> _entries = [];
    private bool _isSorted = true;

    public override void Add(Column? column, in Slice slice, ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
            if (column!.Box(row) is { } value)
                Add(new Entry(slice.Events.Timestamps.Values[row], slice.Partition, slice.Events.Offsets.Values[row], value));
    }

    public override void Merge(Accumulator other)
    {
        foreach (var entry in ((ListAccumulator)other)._entries)
            Add(entry);
    }

    public override void Result(Column output)
    {
        Sort();
        ListResult.Append(call, _entries.Select(e => e.Value), output);
    }

    public override void Write(StateWriter writer)
    {
        Sort();
        writer.Long(_entries.Count);
        foreach (var entry in _entries)
        {
            writer.Long(entry.Timestamp);
            writer.Long(entry.Partition);
            writer.Long(entry.Offset);
        }

        writer.Row([.. _entries.Select(e => (object?)e.Value)]);
    }

    public override void Read(ref StateReader reader)
    {
        var places = new (long Timestamp, int Partition, long Offset)[reader.Count()];
        for (var i = 0; i < places.Length; i++)
            places[i] = (reader.Long(), (int)reader.Long(), reader.Long());
        var values = reader.Row();
        if (values.Length != places.Length || Array.IndexOf(values, null) >= 0)
            throw reader.Damaged();
        _entries.AddRange(places.Zip(values, (p, v) => new Entry(p.Timestamp, p.Partition, p.Offset, v!)));
    }

    private void Add(Entry entry)
    {
        _isSorted = _isSorted && (_entries.Count == 0 || _entries[^1].Place.CompareTo(entry.Place) <= 0);
        _entries.Add(entry);
    }

    // Values of one record stay in the order that they came in.
    private void Sort()
    {
        if (_isSorted)
            return;
        Entry[] sorted = [.. _entries.OrderBy(e => e.Place)];
        _entries.Clear();
        _entries.AddRange(sorted);
        _isSorted = true;
    }

    private readonly record struct Entry(long Timestamp, int Partition, long Offset, object Value)
    {
        public (long, int, long) Place => (Timestamp, Partition, Offset);
    }
}
