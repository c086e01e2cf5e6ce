using Serverless.Engine.Operators;
using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>
/// What deltas of the sink's rows add up to, key by key: the row that is left with a positive weight is the key's row, nothing left is a delete. So a row that moves from one
/// place to another is right whichever of the two messages comes first. A key without a row that has been at rest for the horizon is forgotten: then nothing of it is on
/// its way. One with a row is kept, or the row would be missing when it is what is left of later changes.
/// </summary>
public sealed class SinkSums
{
    private const byte Version = 1;

    private readonly StageRunner _runner;
    private readonly bool _isKeyed;
    private readonly Dictionary<string, Sum> _sums = [];
    private readonly Dictionary<string, Failure> _failures = [];
    private long _forgotten; // the greatest number of changes of a key that is forgotten

    /// <summary>Makes one that holds nothing.</summary>
    /// <param name="runner">The operators of the job.</param>
    public SinkSums(StageRunner runner) => (_runner, _isKeyed) = (runner, runner.Job.Sink.PrimaryKey.Count > 0);

    /// <summary>When the state began that rows are made of: see <see cref="RowVersion.Epoch"/>.</summary>
    public long Epoch { get; init; }

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

        var touched = new Dictionary<string, int>();
        for (var row = 0; row < delta.Count; row++)
        {
            if (_runner.Sink.KeyOf(delta, row, _ => { }) is not { } key)
                continue;
            touched[key] = row;
            if (!_sums.TryGetValue(key, out var sum))
                _sums.Add(key, sum = new Sum { Changes = _forgotten });
            sum.Rows.Add(bytes[row], delta.Weights[row]);
            sum.Changes++;
            sum.At = now.ToUnixTimeMilliseconds();
        }

        foreach (var (key, row) in touched)
        {
            var sum = _sums[key];
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

    /// <summary>Forgets a key.</summary>
    internal void Forget(StageRow row)
    {
        var delta = new Delta(_runner.SinkTypes);
        _runner.SinkCodec.Read(row.Row, delta.Columns);
        delta.Add(1);
        if (_runner.Sink.KeyOf(delta, 0, _ => { }) is { } key && _sums.TryGetValue(key, out var sum))
            sum.Rows.Clear();
    }

    /// <summary>Writes it, without the keys that have had no row for the horizon.</summary>
    /// <param name="now">The clock.</param>
    public byte[] Write(DateTimeOffset now)
    {
        var since = now.ToUnixTimeMilliseconds() - (long)_runner.Job.Settings.DedupHorizon.TotalMilliseconds;
        foreach (var (key, sum) in _sums.Where(s => s.Value.At < since && s.Value.Rows.Rows.Count == 0).ToList())
        {
            _forgotten = Math.Max(_forgotten, sum.Changes);
            _sums.Remove(key);
        }

        var writer = new StateWriter();
        writer.Byte(Version);
        writer.Long(_forgotten);
        writer.Long(_sums.Count);
        foreach (var (key, sum) in _sums)
        {
            writer.Text(key);
            writer.Long(sum.Changes);
            writer.Long(sum.At);
            sum.Rows.Write(writer);
        }

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
        {
            var key = reader.Text();
            var sum = new Sum { Changes = reader.Long(), At = reader.Long() };
            sum.Rows.Read(ref reader);
            _sums.Add(key, sum);
        }

        for (var count = reader.Count(); count > 0; count--)
            _failures.Add(reader.Text(), new Failure(reader.Text(), reader.Long(), reader.Long()));
        reader.End();
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

        /// <summary>The row that is left; null for none. There is more than one only for as long as messages are on their way.</summary>
        public byte[]? Row => Rows.Rows.Where(r => r.Value > 0).Select(r => r.Key).Max(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));
    }
}
