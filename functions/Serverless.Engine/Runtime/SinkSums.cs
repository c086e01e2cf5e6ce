using Serverless.Engine.Operators;
using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>
/// What deltas of the sink's rows add up to, key by key: the row that is left with a positive weight is the key's row, nothing left is a delete. So a row that moves from one
/// place to another is right whichever of the two messages comes first. A key without a row that has been at rest for the horizon is forgotten: then nothing of it is on
/// its way. One with a row is kept, or the row would be missing when it is what is left of later changes. What a key adds up to is the host's to keep.
/// </summary>
public sealed class SinkSums
{
    private const byte Version = 2;

    private readonly StageRunner _runner;
    private readonly bool _isKeyed;
    private readonly Func<string, byte[]?> _load;
    private readonly Action<string, byte[]> _store;
    private readonly Dictionary<string, Failure> _failures = [];
    private long _forgotten; // the greatest number of changes of a key that is forgotten

    /// <summary>Makes one that holds nothing.</summary>
    /// <param name="runner">The operators of the job.</param>
    /// <param name="load">Returns what a key adds up to; null for nothing.</param>
    /// <param name="store">Stores what a key adds up to.</param>
    public SinkSums(StageRunner runner, Func<string, byte[]?> load, Action<string, byte[]> store) =>
        (_runner, _isKeyed, _load, _store) = (runner, runner.Job.Sink.PrimaryKey.Count > 0, load, store);

    /// <summary>When the state began that rows are made of: see <see cref="RowVersion.Epoch"/>.</summary>
    public long Epoch { get; init; }

    /// <summary>Returns the keys of rows.</summary>
    public IEnumerable<string> KeysOf(IEnumerable<StageRow> rows)
    {
        if (!_isKeyed)
            yield break;
        var delta = new Delta(_runner.SinkTypes);
        foreach (var row in rows.Where(r => r.Input == StageRunner.SinkRowsInput))
        {
            delta.Clear();
            _runner.SinkCodec.Read(row.Row, delta.Columns);
            delta.Add(row.Weight);
            if (_runner.Sink.KeyOf(delta, 0, _ => { }) is { } key)
                yield return key;
        }
    }

    /// <summary>Adds a delta.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="id">What the rows of a table without a key are known by, each with its place behind it.</param>
    /// <param name="now">The clock.</param>
    /// <returns>The rows as they now are, those that cannot be made, and the keys of those that could not and are gone.</returns>
    public (GroupAnswer Answer, IReadOnlyList<string> Recovered) Add(IReadOnlyList<StageRow> rows, string id, DateTimeOffset now)
    {
        var (changes, failures, recovered) = (new List<RowChange>(), new List<FailedRow>(), new List<string>());
        var delta = new Delta(_runner.SinkTypes);
        var bytes = new List<byte[]>();
        foreach (var row in rows)
        {
            if (row.Input == StageRunner.SinkFailuresInput)
            {
                Fail(row, now.ToUnixTimeMilliseconds(), failures, recovered);
                continue;
            }

            _runner.SinkCodec.Read(row.Row, delta.Columns);
            delta.Add(row.Weight);
            bytes.Add(row.Row);
        }

        if (!_isKeyed)
        {
            // There is nothing to add up.
            foreach (var change in _runner.Sink.Of(Consolidation.Of(delta), new RowVersion(Epoch, 0, 0), now, Failed))
                changes.Add(change with { Key = $"{id}-{changes.Count}" });
            return (new GroupAnswer(changes, failures, 0), recovered);
        }

        var touched = new Dictionary<string, (Sum Sum, int Row)>();
        for (var row = 0; row < delta.Count; row++)
        {
            if (_runner.Sink.KeyOf(delta, row, _ => { }) is not { } key)
                continue;
            var sum = touched.TryGetValue(key, out var known) ? known.Sum : SumOf(key);
            touched[key] = (sum, row);
            sum.Rows.Add(bytes[row], delta.Weights[row]);
            sum.Changes++;
            sum.At = now.ToUnixTimeMilliseconds();
        }

        var writer = new StateWriter();
        foreach (var (key, (sum, row)) in touched)
        {
            writer.Clear();
            sum.Write(writer);
            _store(key, writer.Written.ToArray());
            var one = new Delta(_runner.SinkTypes);
            if (sum.Row is { } left)
            {
                _runner.SinkCodec.Read(left, one.Columns);
                one.Add(1);
            }
            else
            {
                one.Add(delta, row, -1);
            }

            changes.AddRange(_runner.Sink.Of(one, new RowVersion(Epoch, 0, sum.Changes), now, Failed));
        }

        return (new GroupAnswer(changes, failures, 0), recovered);

        void Failed(RowFailure failure) => failures.Add(FailedRowOf(failure.Row, failure.Reason, now.ToUnixTimeMilliseconds()));
    }

    /// <summary>Returns the keys that have had no row for the horizon. A key that comes again begins with more changes than they had.</summary>
    /// <param name="sums">What keys add up to.</param>
    /// <param name="now">The clock.</param>
    public IReadOnlyList<string> Forget(IEnumerable<KeyValuePair<string, byte[]>> sums, DateTimeOffset now)
    {
        var since = now.ToUnixTimeMilliseconds() - (long)_runner.Job.Settings.DedupHorizon.TotalMilliseconds;
        var keys = new List<string>();
        foreach (var (key, bytes) in sums)
        {
            var sum = Read(key, bytes);
            if (sum.At >= since || !sum.Rows.IsEmpty)
                continue;
            _forgotten = Math.Max(_forgotten, sum.Changes);
            keys.Add(key);
        }

        return keys;
    }

    /// <summary>Returns whether a key has a row.</summary>
    public bool HasRow(string key) => _load(key) is { } bytes && Read(key, bytes).Row is not null;

    /// <summary>Returns the rows that keys have, as they now are, and those that cannot be made.</summary>
    /// <param name="sums">What the keys add up to.</param>
    /// <param name="now">The clock.</param>
    public GroupAnswer Rows(IEnumerable<KeyValuePair<string, byte[]>> sums, DateTimeOffset now)
    {
        var (changes, failures) = (new List<RowChange>(), new List<FailedRow>());
        foreach (var (key, bytes) in sums)
            if (Read(key, bytes) is { Row: { } row } sum)
                changes.AddRange(_runner.Sink.Of(
                    DeltaOf(row, 1), new RowVersion(Epoch, 0, sum.Changes), now, failure => failures.Add(FailedRowOf(failure.Row, failure.Reason, now.ToUnixTimeMilliseconds()))));
        return new GroupAnswer(changes, failures, 0);
    }

    /// <summary>Returns the rows that keys have, each with its key's values alone: what is to be known of a row to delete it.</summary>
    /// <param name="sums">What the keys add up to.</param>
    public IEnumerable<RowChange> Keys(IEnumerable<KeyValuePair<string, byte[]>> sums) => sums.Select(s => Read(s.Key, s.Value).Row).OfType<byte[]>().SelectMany(KeyOf);

    /// <summary>Returns the rows that a delta adds, each with its key's values alone.</summary>
    /// <param name="rows">The rows of the delta.</param>
    public IEnumerable<RowChange> Keys(IEnumerable<StageRow> rows) => rows.Where(r => r is { Input: StageRunner.SinkRowsInput, Weight: > 0 }).SelectMany(r => KeyOf(r.Row));

    private IEnumerable<RowChange> KeyOf(byte[] row) => _runner.Sink.Of(DeltaOf(row, -1), new RowVersion(Epoch, 0, 0), default, _ => { }).Select(r => r with { IsDelete = false });

    private Delta DeltaOf(byte[] row, long weight)
    {
        var delta = new Delta(_runner.SinkTypes);
        _runner.SinkCodec.Read(row, delta.Columns);
        delta.Add(weight);
        return delta;
    }

    /// <summary>Takes the rows of a key for gone.</summary>
    internal void Clear(StageRow row)
    {
        foreach (var key in KeysOf([row]))
        {
            if (_load(key) is not { } bytes)
                continue;
            var sum = Read(key, bytes);
            sum.Rows.Clear();
            var writer = new StateWriter();
            sum.Write(writer);
            _store(key, writer.Written.ToArray());
        }
    }

    /// <summary>Writes what is not of one key.</summary>
    public byte[] Write()
    {
        var writer = new StateWriter();
        writer.Byte(Version);
        writer.Long(_forgotten);
        writer.Long(_failures.Count);
        foreach (var (key, failure) in _failures)
        {
            writer.Text(key);
            writer.Text(failure.Reason);
            writer.Long(failure.Weight);
            writer.Long(failure.Changes);
        }

        writer.Checksum();
        return writer.Written.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote into one that holds nothing.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or of a later version.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes, $"the sink of job '{_runner.Job.Name}'");
        reader.Version(Version, Version);
        reader.Checksum();
        _forgotten = reader.Long();
        for (var count = reader.Count(); count > 0; count--)
            _failures.Add(reader.Text(), new Failure(reader.Text(), reader.Long(), reader.Long()));
        reader.End();
    }

    private Sum SumOf(string key) => _load(key) is { } bytes ? Read(key, bytes) : new Sum { Changes = _forgotten };

    private Sum Read(string key, byte[] bytes)
    {
        var reader = new StateReader(bytes, $"key {key} of the sink of job '{_runner.Job.Name}'");
        reader.Checksum();
        var sum = new Sum { Changes = reader.Long(), At = reader.Long() };
        sum.Rows.Read(ref reader);
        reader.End();
        return sum;
    }

    private void Fail(StageRow row, long now, List<FailedRow> failures, List<string> recovered)
    {
        var reader = new StateReader(row.Row, "a row that cannot be made");
        var (text, reason) = (reader.Text(), reader.Text());
        var known = _failures.GetValueOrDefault(text);
        var failure = new Failure(reason, (known?.Weight ?? 0) + row.Weight, (known?.Changes ?? now) + 1);
        if (failure.Weight == 0)
            _failures.Remove(text);
        else
            _failures[text] = failure;
        if (failure.Weight > 0)
            failures.Add(FailedRowOf(text, failure.Reason, failure.Changes));
        else
            recovered.Add(text);
    }

    private FailedRow FailedRowOf(string row, string reason, long changes) => new(row, new RowVersion(Epoch, 0, changes), reason, new object?[_runner.Job.Sink.Columns.Count]);

    private sealed record Failure(string Reason, long Weight, long Changes);

    private sealed class Sum
    {
        public RowCounts Rows { get; } = new();

        /// <summary>How many changes it is made of: of two executions the one that knows more has the newer row.</summary>
        public long Changes { get; set; }

        public long At { get; set; }

        public void Write(StateWriter writer)
        {
            writer.Long(Changes);
            writer.Long(At);
            Rows.Write(writer);
            writer.Checksum();
        }

        /// <summary>The row that is left; null for none. There is more than one only for as long as messages are on their way.</summary>
        public byte[]? Row => Rows.Rows.Where(r => r.Value > 0).Select(r => r.Key).Max(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));
    }
}
