using System.Globalization;
using System.Runtime.InteropServices;
using Serverless.Engine.Expressions;
using Serverless.Engine.Formats;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>What a batch comes to.</summary>
/// <param name="Groups">The slices of every group touched. Valid until the next batch.</param>
/// <param name="DeadLetters">The records that could not be used.</param>
/// <param name="Records">The records read.</param>
/// <param name="Events">Those that passed WHERE.</param>
/// <param name="Skipped">Tombstones, and records that <c>json.ignore-parse-errors</c> drops.</param>
public sealed record IngestedBatch(
    IReadOnlyList<GroupSlices> Groups,
    IReadOnlyList<DeadLetter> DeadLetters,
    int Records,
    int Events,
    int Skipped);

/// <summary>
/// Records to slices: decodes the fields that the job needs, applies WHERE, evaluates the group's key and the arguments of the aggregates, and cuts
/// one slice per group and partition. Remembers, while a partition is read without a hole, each group's last slice, so that the next one covers
/// the offsets in between. One reader, one thread at a time.
/// </summary>
public sealed class Ingestor
{
    private readonly CompiledJob _compiled;
    private readonly string _topic;
    private readonly RecordDecoder _decoder;
    private readonly RecordFields _record;
    private readonly Column[] _fields;
    private readonly Column[] _decoded; // those of the record's value
    private readonly Column[] _keys;
    private readonly Column[] _checks;
    private readonly EventColumns _events;
    private readonly EventColumns _noEvents;
    private readonly GroupKeyCodec _key = new();
    private readonly GroupKeyCodec _distinct = new();
    private readonly Dictionary<string, int> _groups = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _groupOf;
    private readonly List<string> _groupKeys = []; // with the shard's number behind it, where groups are split
        private readonly List<int> _rowGroup = [];
    private readonly List<int> _rowSegment = [];
    private readonly Dictionary<int, Reading> _readings = [];
    private readonly List<Reading> _ended = []; // readings that go on no more, for as long as groups are to be told how far they went
    private List<Segment> _segments = [];
    private int[] _order = [];

    /// <summary>Makes one that has read nothing yet.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="topic">What dead letters call the source.</param>
    public Ingestor(CompiledJob compiled, string topic)
    {
        _compiled = compiled;
        _topic = topic;
        _record = new RecordFields(compiled.Job.Fields, topic);
        _decoder = compiled.Job.Format.Decoder([.. _record.OfValue.Select(i => compiled.Job.Fields[i])], compiled.Job.Settings.Zone);
        _fields = [.. compiled.Job.Fields.Select(f => Column.Create(f.Type))];
        _decoded = [.. _record.OfValue.Select(i => _fields[i])];
        _keys = [.. compiled.KeyTypes.Select(Column.Create)];
        _checks = [.. compiled.Checks.Select(c => Column.Create(c.Type))];
        _events = compiled.NewEvents();
        _noEvents = compiled.NewEvents();
        _groupOf = _groups.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many groups' last slices are remembered, over all partitions, at some hundred bytes each; beyond, new readings begin.</summary>
    public int MostRemembered { get; set; } = 1_000_000;

    /// <summary>The most bytes of a record's value that the host can pass on; a larger one is set aside.</summary>
    public int MaxValueBytes { get; init; } = int.MaxValue;

    /// <summary>Whether the host sends what <see cref="Cover"/> gives: then readings that have ended are remembered until it has.</summary>
    public bool IsCovered { get; init; }

    /// <summary>Cuts a batch into slices. Each partition's records come in the order of their offsets.</summary>
    public IngestedBatch Process(IReadOnlyList<Record> records)
    {
        _events.Truncate(0);
        _groups.Clear();
        _groupKeys.Clear();
        _rowGroup.Clear();
        _rowSegment.Clear();
        _segments = [];
        var current = new Dictionary<int, int>(); // partition → its segment
        var letters = new List<DeadLetter>();
        var skipped = 0;
        foreach (var record in records)
        {
            var segment = SegmentOf(record, current);
            if (record.Value is null)
            {
                skipped++;
                continue;
            }

            if (record.Value.Length > MaxValueBytes)
            {
                var reason = string.Create(CultureInfo.InvariantCulture, $"the record's value has {record.Value.Length} bytes, and this host passes on at most {MaxValueBytes}: send smaller ones");
                letters.Add(new DeadLetter(_compiled.Job.Name, _topic, record.Partition, record.Offset, DeadLetterKind.Record, reason, record.Value));
                continue;
            }

            try
            {
                if (Decode(record) is not (var rows and > 0))
                {
                    skipped++;
                    continue;
                }

                for (var row = 0; row < rows; row++)
                    Add(record, row, segment, letters);
            }
            catch (DecodeException) when (_compiled.Job.Format.IgnoreParseErrors)
            {
                skipped++;
            }
            catch (DecodeException e)
            {
                letters.Add(LetterOf(record, e.Kind, e.Message));
            }
        }

        return new IngestedBatch(Cut(), letters, records.Count, _events.Count, skipped);
    }

    /// <summary>Says that everything the last batch came to is stored: from now on the next slices cover what it covered.</summary>
    public void Stored()
    {
        foreach (var segment in _segments)
        {
            var reading = segment.Reading;
            if (_readings.TryGetValue(segment.Partition, out var known) && IsCovered && !ReferenceEquals(known, reading) && known.Sent.Count > 0)
                _ended.Add(known);
            _readings[segment.Partition] = reading;
            reading.Next = segment.Last + 1;
            foreach (var group in CollectionsMarshal.AsSpan(segment.Touched))
                reading.Sent[_groupKeys[group]] = segment.Last;
        }

        _segments = [];
        Forget();
    }

    /// <summary>
    /// The slices that tell every group, and every shard, that has been sent a slice since the last <see cref="CoverStored"/> how far the partitions have been read
    /// since. They hold no event: whoever lacks an earlier slice knows by them that it is missing.
    /// </summary>
    public IReadOnlyList<GroupSlices> Cover()
    {
        var slices = new Dictionary<string, List<Slice>>();
        foreach (var reading in _ended.Concat(_readings.Values))
            foreach (var (key, last) in reading.Sent)
            {
                if (last < reading.Covered)
                    continue;
                if (!slices.TryGetValue(key, out var known))
                    slices.Add(key, known = []);
                known.Add(new Slice(reading.Partition, last + 1, reading.Next - 1, reading.ProofFrom(last + 1), _noEvents, default));
            }

        return [.. slices.Select(s => SlicesOf(s.Key, s.Value))];
    }

    /// <summary>Says that what <see cref="Cover"/> gave is stored. No batch may come between the two.</summary>
    public void CoverStored()
    {
        _ended.Clear();
        foreach (var reading in _readings.Values)
        {
            foreach (var (key, last) in reading.Sent)
                if (last >= reading.Covered)
                    reading.Sent[key] = reading.Next - 1;
            reading.Covered = reading.Next;
        }
    }

    /// <summary>
    /// Says that what was read of a partition is settled up to an offset: slices prove no more that something before it is missing. What was read longer ago than a group
    /// lives is nothing that a group lacks.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="next">The offset behind the last one that is settled.</param>
    public void Settle(int partition, long next)
    {
        if (_readings.TryGetValue(partition, out var reading))
            reading.Settled = Math.Max(reading.Settled, next);
    }

    /// <summary>Lets the largest readings go while there is more to remember than may be: the groups' next slices of those partitions cover less, and prove nothing.</summary>
    private void Forget()
    {
        var remembered = _ended.Concat(_readings.Values).Sum(r => (long)r.Sent.Count);
        while (remembered > MostRemembered)
        {
            if (_ended.Count > 0)
            {
                remembered -= _ended[0].Sent.Count;
                _ended.RemoveAt(0);
                continue;
            }

            var largest = _readings.Values.MaxBy(r => r.Sent.Count)!;
            remembered -= largest.Sent.Count;
            _readings[largest.Partition] = new Reading(largest.Partition, largest.Next);
        }
    }

    private static GroupSlices SlicesOf(string key, IReadOnlyList<Slice> slices)
    {
        var mark = key.LastIndexOf(GroupKeyCodec.ShardMark);
        return mark < 0
            ? new GroupSlices(key, -1, slices.ToArray())
            : new GroupSlices(key[..mark], int.Parse(key.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture), slices.ToArray());
    }

    private Segment SegmentAt(int index) => _segments[index];

    /// <summary>The stretch of offsets without a hole that a record belongs to.</summary>
    private int SegmentOf(in Record record, Dictionary<int, int> current)
    {
        if (current.TryGetValue(record.Partition, out var index) && SegmentAt(index).Last + 1 is var next && next >= record.From && next <= record.Offset)
        {
            SegmentAt(index).Last = record.Offset;
            return index;
        }

        var reading = !current.ContainsKey(record.Partition) && _readings.TryGetValue(record.Partition, out var known) && known.Next >= record.From && known.Next <= record.Offset
            ? known
            : new Reading(record.Partition, record.From);
        current[record.Partition] = _segments.Count;
        _segments.Add(new Segment(record.Partition, record.Offset, reading));
        return _segments.Count - 1;
    }

    /// <summary>Puts a record's rows into the fields, and returns how many there are.</summary>
    private int Decode(in Record record)
    {
        foreach (var field in _fields)
            field.Truncate(0);
        var rows = _decoder.Decode(record, _decoded);
        for (var row = 0; row < rows; row++)
            _record.Append(record, 0, row, _fields);
        return rows;
    }

    private DeadLetter LetterOf(in Record record, DeadLetterKind kind, string reason) =>
        new(_compiled.Job.Name, _topic, record.Partition, record.Offset, kind, reason, record.Value!);

    /// <summary>Adds a row of a record; one that cannot be evaluated is a dead letter, and no trace of it is left.</summary>
    private void Add(in Record record, int row, int segment, List<DeadLetter> letters)
    {
        try
        {
            Add(record, row, segment);
        }
        catch (EvaluationException e)
        {
            letters.Add(LetterOf(record, DeadLetterKind.Expression, e.Reason));
        }
    }

    private void Add(in Record record, int place, int segment)
    {
        var input = new EvaluationInput(_fields, place, default);
        if (_compiled.Filter is { } filter && filter.Value(input) is not true)
            return;

        _key.Clear();
        for (var i = 0; i < _keys.Length; i++)
        {
            _keys[i].Truncate(0);
            _compiled.Keys[i].Append(input, _keys[i]);
            if (_compiled.KeyNotNull[i] is { } column && _keys[i].IsNull(0))
                throw WouldBeNull(column);
            _key.Append(_keys[i], 0, i == 0);
        }

        for (var i = 0; i < _checks.Length; i++)
        {
            var (check, _, sinkKey) = _compiled.Checks[i];
            _checks[i].Truncate(0);
            check.Append(input, _checks[i]);
            if (sinkKey is not null && _checks[i].IsNull(0))
                throw WouldBeNull(sinkKey);
        }

        var row = _events.Count;
        try
        {
            if (_compiled.Bucket is { } bucket)
                bucket.Append(input, _events.Bucket!);
            for (var i = 0; i < _events.Arguments.Length; i++)
                _compiled.Arguments[i].Append(input, _events.Arguments[i]);
        }
        catch (EvaluationException)
        {
            _events.Truncate(row);
            throw;
        }

        _events.Offsets.Append(record.Offset);
        _events.Timestamps.Append(record.Timestamp);
        var shard = _compiled.IsSplit ? ShardOf(row) : -1;
        if (!_groupOf.TryGetValue(_key.Text, out var group))
        {
            group = _groupKeys.Count;
            var key = _key.Text.ToString();
            _groupKeys.Add(key);
            _groups.Add(key, group);
        }

        _rowGroup.Add(group);
        _rowSegment.Add(segment);
    }

    private static EvaluationException WouldBeNull(string sinkKey) => new($"the sink's key column '{sinkKey}' would be NULL");

    /// <summary>The shard of an event, by its distinct value; it goes behind the key.</summary>
    private int ShardOf(int row)
    {
        _distinct.Clear();
        _distinct.Append(_events.Arguments[_compiled.DistinctArgument], row, true);
        var shard = (int)(StableHash.Of(_distinct.Text) % (uint)_compiled.Shards);
        _key.AppendShard(shard);
        return shard;
    }

    /// <summary>Sorts the events by group, then by segment, each in the order they came, and covers them.</summary>
    private List<GroupSlices> Cut()
    {
        var count = _rowGroup.Count;
        if (_order.Length < count)
            _order = new int[Math.Max(count, _order.Length * 2)];
        var bySegment = new int[count];
        Distribute(CollectionsMarshal.AsSpan(_rowSegment), _segments.Count, null, bySegment);
        Distribute(CollectionsMarshal.AsSpan(_rowGroup), _groupKeys.Count, bySegment, _order);

        var groups = new List<GroupSlices>(_groupKeys.Count);
        var slices = new List<Slice>();
        for (var i = 0; i < count;)
        {
            var group = _rowGroup[_order[i]];
            slices.Clear();
            while (i < count && _rowGroup[_order[i]] == group)
            {
                var start = i;
                var index = _rowSegment[_order[i]];
                while (i < count && _rowGroup[_order[i]] == group && _rowSegment[_order[i]] == index)
                    i++;
                var segment = _segments[index];
                segment.Touched.Add(group);
                var first = segment.Reading.Sent.TryGetValue(_groupKeys[group], out var last) ? last + 1 : segment.Reading.Began;
                slices.Add(new Slice(segment.Partition, first, segment.Last, segment.Reading.ProofFrom(first), _events, _order.AsMemory(start, i - start)));
            }

            groups.Add(SlicesOf(_groupKeys[group], slices));
        }

        return groups;
    }

    /// <summary>One pass of a counting sort: stable, so that two passes sort by two keys.</summary>
    private static void Distribute(ReadOnlySpan<int> keys, int range, int[]? from, int[] to)
    {
        var starts = new int[range + 1];
        foreach (var key in keys)
            starts[key + 1]++;
        for (var i = 1; i < starts.Length; i++)
            starts[i] += starts[i - 1];
        for (var i = 0; i < keys.Length; i++)
        {
            var row = from is null ? i : from[i];
            to[starts[keys[row]]++] = row;
        }
    }

    /// <summary>A partition as far as it is read without a hole.</summary>
    private sealed class Reading(int partition, long began)
    {
        public int Partition { get; } = partition;

        public long Began { get; } = began;

        public long Next { get; set; } = began;

        /// <summary>Up to where, this offset not included, nothing is proven to be missing any more.</summary>
        public long Settled { get; set; } = began;

        /// <summary>Up to where, this offset not included, all groups know that they have been sent what they have.</summary>
        public long Covered { get; set; } = began;

        public Dictionary<string, long> Sent { get; } = [];

        /// <summary>From where on a slice proves that what lies before it was sent.</summary>
        public long ProofFrom(long first) => Math.Min(first, Settled);
    }

    /// <summary>A stretch of offsets of one batch without a hole.</summary>
    private sealed class Segment(int partition, long first, Reading reading)
    {
        public int Partition { get; } = partition;

        public long Last { get; set; } = first;

        public Reading Reading { get; } = reading;

        public List<int> Touched { get; } = [];
    }
}
