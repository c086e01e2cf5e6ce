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
    private readonly RecordFields _ofRecord;
    private readonly Column[] _record; // the fields of one record's value
    private readonly Column[] _fields; // the batch's
    private readonly FieldExpression? _filter;
    private readonly FieldExpression[] _keys;
    private readonly FieldExpression[] _checks;
    private readonly FieldExpression[] _arguments; // the bucket among them, if there is one
    private readonly BatchKeys _batchKeys;
    private readonly EventColumns _events;
    private readonly EventColumns _noEvents;
    private readonly GroupKeyCodec _key = new();
    private readonly GroupKeyCodec _distinct = new();
    private readonly Dictionary<string, int> _groups = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _groupOf;
    private readonly List<string> _groupKeys = []; // with the shard's number behind it, where groups are split
    private readonly List<int> _keyGroup = []; // the group of each key; where groups are split, the row it was first seen in
    private readonly Dictionary<(int Key, int Shard), int> _shardGroup = [];
    private readonly List<(int Row, string Reason)> _failures = [];
    private readonly HashSet<int> _keyless = []; // the rows among them whose key would be NULL
    private int[] _rows = [];
    private int[] _rowRecord = [];
    private int[] _rowSegment = [];
    private int[] _rowGroup = [];
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
        _ofRecord = new RecordFields(compiled.Job.Fields, topic);
        _decoder = compiled.Job.Format.Decoder([.. _ofRecord.OfValue.Select(i => compiled.Job.Fields[i])], compiled.Job.Settings.Zone);
        _record = [.. _ofRecord.OfValue.Select(i => _decoder.NewColumn(compiled.Job.Fields[i].Type))];
        _fields = [.. compiled.Job.Fields.Select(f => f.IsOfRecord ? Column.Create(f.Type) : _decoder.NewColumn(f.Type))];
        _filter = compiled.Filter is null ? null : Expression(compiled.Job.Filter!, compiled.Filter);
        _keys = [.. compiled.Keys.Select((k, i) => Expression(compiled.Job.Keys[i].Scalar, k))];
        _checks = [.. compiled.Checks.Select(c => Expression(c.Scalar, c.Evaluator))];
        var bucket = compiled.Bucket is null ? null : Expression(compiled.Job.Timeline!.Bucket, compiled.Bucket);
        var arguments = compiled.Arguments.Select((a, i) => Expression(compiled.ArgumentScalars[i], a)).ToList();
        _arguments = bucket is null ? [.. arguments] : [bucket, .. arguments];
        _batchKeys = new BatchKeys([.. _keys.Select(k => k.Output)]);
        _events = new EventColumns([.. arguments.Select(a => a.Output)], bucket?.Output);
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
        var letters = new List<(int Record, DeadLetter Letter)>();
        var count = Decode(records, letters, out var skipped);
        var events = Evaluate(count);
        foreach (var (row, reason) in _failures)
            letters.Add((_rowRecord[row], LetterOf(records[_rowRecord[row]], DeadLetterKind.Expression, _keyless.Contains(row) ? reason + _decoder.AdviceOnNulls(records[_rowRecord[row]]) : reason)));
        if (_failures.Count > 0)
            letters.Sort((left, right) => left.Record.CompareTo(right.Record));
        var rows = _rows.AsSpan(0, events);
        FindGroups(rows);
        return new IngestedBatch(Cut(rows), [.. letters.Select(l => l.Letter)], records.Count, events, skipped);
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

    private FieldExpression Expression(Scalar scalar, Evaluator evaluator) => FieldExpression.Create(scalar, evaluator, _fields);

    private DeadLetter LetterOf(in Record record, DeadLetterKind kind, string reason) =>
        new(_compiled.Job.Name, _topic, record.Partition, record.Offset, kind, reason, record.Value!);

    /// <summary>Decodes records into the columns of the fields.</summary>
    private int Decode(IReadOnlyList<Record> records, List<(int Record, DeadLetter Letter)> letters, out int skipped)
    {
        foreach (var field in _fields)
            field.Truncate(0);
        _events.Offsets.Truncate(0);
        _events.Timestamps.Truncate(0);
        _segments = [];
        Reserve(records.Count);
        var current = new Dictionary<int, int>(); // partition → its segment
        var count = 0;
        skipped = 0;
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var segment = SegmentOf(record, current);
            if (record.Value is null)
            {
                skipped++;
                continue;
            }

            if (record.Value.Length > MaxValueBytes)
            {
                var reason = string.Create(CultureInfo.InvariantCulture, $"the record's value has {record.Value.Length} bytes, and this host passes on at most {MaxValueBytes}: send smaller ones");
                letters.Add((i, LetterOf(record, DeadLetterKind.Record, reason)));
                continue;
            }

            int rows;
            try
            {
                rows = _decoder.Decode(record, _record);
            }
            catch (DecodeException e)
            {
                if (_compiled.Job.Format.IgnoreParseErrors)
                    skipped++;
                else
                    letters.Add((i, LetterOf(record, e.Kind, e.Message)));
                continue;
            }

            if (rows == 0)
                skipped++;
            Reserve(count + rows);
            for (var row = 0; row < rows; row++)
            {
                for (var field = 0; field < _record.Length; field++)
                    _fields[_ofRecord.OfValue[field]].Append(_record[field], row);
                _ofRecord.Append(record, 0, row, _fields);
                _events.Offsets.Append(record.Offset);
                _events.Timestamps.Append(record.Timestamp);
                _rowRecord[count] = i;
                _rowSegment[count] = segment;
                count++;
            }
        }

        return count;
    }

    private void Reserve(int count)
    {
        if (count <= _rows.Length)
            return;
        count = Math.Max(count, _rows.Length * 2);
        (_rows, _rowGroup, _order) = (new int[count], new int[count], new int[count]);
        // A record may come to several rows, so that there are more of them than was thought.
        Array.Resize(ref _rowRecord, count);
        Array.Resize(ref _rowSegment, count);
    }

    /// <summary>Evaluates the batch's expressions one after the other, each for the rows that are left by those before it.</summary>
    /// <returns>How many rows are left.</returns>
    private int Evaluate(int count)
    {
        _failures.Clear();
        _keyless.Clear();
        for (var i = 0; i < count; i++)
            _rows[i] = i;
        var left = count;
        if (_filter is not null)
        {
            left = _filter.Evaluate(count, Rows(left), _failures);
            left = Keep(Rows(left), row => _filter.Output.Value<bool?>(row) is true);
        }

        for (var i = 0; i < _keys.Length; i++)
        {
            left = _keys[i].Evaluate(count, Rows(left), _failures);
            if (_compiled.KeyNotNull[i] is { } column)
                left = KeepNotNull(Rows(left), _keys[i].Output, column);
        }

        for (var i = 0; i < _checks.Length; i++)
        {
            left = _checks[i].Evaluate(count, Rows(left), _failures);
            if (_compiled.Checks[i].SinkKey is { } column)
                left = KeepNotNull(Rows(left), _checks[i].Output, column);
        }

        foreach (var argument in _arguments)
            left = argument.Evaluate(count, Rows(left), _failures);
        return left;
    }

    private Span<int> Rows(int count) => _rows.AsSpan(0, count);

    private int KeepNotNull(Span<int> rows, Column column, string sinkKey) => Keep(rows, row =>
    {
        if (!column.IsNull(row))
            return true;
        _failures.Add((row, $"the sink's key column '{sinkKey}' would be NULL"));
        _keyless.Add(row);
        return false;
    });

    private static int Keep(Span<int> rows, Func<int, bool> condition)
    {
        var left = 0;
        foreach (var row in rows)
            if (condition(row))
                rows[left++] = row;
        return left;
    }

    /// <summary>Finds the group of each row.</summary>
    private void FindGroups(ReadOnlySpan<int> rows)
    {
        _batchKeys.Clear();
        _groups.Clear();
        _groupKeys.Clear();
        _keyGroup.Clear();
        _shardGroup.Clear();
        foreach (var row in rows)
        {
            var key = _batchKeys.Of(row, out var isNew);
            if (isNew)
                _keyGroup.Add(_compiled.IsSplit ? row : GroupOf(row, -1));
            _rowGroup[row] = _compiled.IsSplit ? GroupOfShard(key, row) : _keyGroup[key];
        }
    }

    /// <summary>The group of a key's share of a row's distinct value.</summary>
    private int GroupOfShard(int key, int row)
    {
        _distinct.Clear();
        _distinct.Append(_events.Arguments[_compiled.DistinctArgument], row, true);
        var shard = (int)(StableHash.Of(_distinct.Text) % (uint)_compiled.Shards);
        if (!_shardGroup.TryGetValue((key, shard), out var group))
            _shardGroup.Add((key, shard), group = GroupOf(_keyGroup[key], shard));
        return group;
    }

    /// <summary>The group of a row by its key's text, with a shard's number behind it if it is not negative.</summary>
    private int GroupOf(int row, int shard)
    {
        _key.Clear();
        for (var i = 0; i < _keys.Length; i++)
            _key.Append(_keys[i].Output, row, i == 0);
        if (shard >= 0)
            _key.AppendShard(shard);
        if (_groupOf.TryGetValue(_key.Text, out var group))
            return group;
        group = _groupKeys.Count;
        var key = _key.Text.ToString();
        _groupKeys.Add(key);
        _groups.Add(key, group);
        return group;
    }

    /// <summary>Sorts the events by group, then by segment, each in the order they came, and covers them.</summary>
    private List<GroupSlices> Cut(ReadOnlySpan<int> rows)
    {
        var count = rows.Length;
        var bySegment = new int[count];
        Distribute(_rowSegment, _segments.Count, rows, bySegment);
        Distribute(_rowGroup, _groupKeys.Count, bySegment, _order);

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
    private static void Distribute(int[] keys, int range, ReadOnlySpan<int> from, int[] to)
    {
        var starts = new int[range + 1];
        foreach (var row in from)
            starts[keys[row] + 1]++;
        for (var i = 1; i < starts.Length; i++)
            starts[i] += starts[i - 1];
        foreach (var row in from)
            to[starts[keys[row]]++] = row;
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
