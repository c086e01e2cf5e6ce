using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>The records of a source, for a watermark.</summary>
/// <param name="Time">The place of their time.</param>
/// <param name="Topic">The place of their topic.</param>
/// <param name="Partition">The place of their partition.</param>
/// <param name="Timestamp">The place of their timestamp.</param>
/// <param name="IdleTimeout">How much older than the others' a partition's last record must be for it not to be waited for, in ticks of 100 ns; null for ever.</param>
internal sealed record WatermarkInput(int Time, int Topic, int Partition, int Timestamp, long? IdleTimeout);

/// <summary>
/// Holds the rows of windows back until the watermark has passed their end, and adds them then. The watermark is the least of the greatest times of all partitions that have
/// been read, and never goes back. A row of a window that it has passed is added at once, and what it takes the place of stays.
/// </summary>
internal sealed class WatermarkOperator : KeyedOperator
{
    // A window's last moment is a millisecond before its end, as in Flink.
    private const long LastMoment = TimeSpan.TicksPerMillisecond;

    private static readonly byte[] ClockKey = [];

    /// <summary>The key that is always needed: how far time is.</summary>
    public static IReadOnlyList<byte[]> ClockKeys { get; } = [ClockKey];

    private readonly RowCodec _end;
    private readonly RowCodec _row;
    private readonly int _endPlace;
    private readonly WatermarkInput[] _sources;
    private readonly KeyedState<Held> _state = new(() => new Held(), "the rows of windows");

    /// <summary>Makes one.</summary>
    /// <param name="types">The types of the rows' columns.</param>
    /// <param name="end">The place of the window's end.</param>
    /// <param name="sources">The sources, whose inputs are those behind the first.</param>
    public WatermarkOperator(IReadOnlyList<SqlType> types, int end, WatermarkInput[] sources)
        : base(types)
    {
        (_end, _endPlace, _sources) = (new RowCodec([end]), end, sources);
        _row = new RowCodec([.. Enumerable.Range(0, types.Count)]);
    }

    public override KeyedState State => _state;

    /// <summary>How many rows were added to windows that had been written before, since it was last asked.</summary>
    public int TakeLate()
    {
        var late = _late;
        _late = 0;
        return late;
    }

    private int _late;

    /// <summary>The rows of a source that say how far it is: of each partition that with the greatest time, and that with the greatest timestamp.</summary>
    /// <param name="input">The source's input.</param>
    /// <param name="delta">Its rows, the later ones behind the earlier ones.</param>
    public IReadOnlyList<int> Newest(int input, Delta delta)
    {
        var newest = new Dictionary<(string, int), (int Time, int Timestamp)>();
        var source = _sources[input - 1];
        var (time, timestamp) = (delta.Columns[source.Time], delta.Columns[source.Timestamp]);
        for (var row = 0; row < delta.Count; row++)
        {
            if (time.IsNull(row))
                continue;
            var key = PartitionOf(source, delta, row);
            newest[key] = !newest.TryGetValue(key, out var known) ? (row, row) : (
                WindowOperator.TicksOf(time, row) > WindowOperator.TicksOf(time, known.Time) ? row : known.Time,
                WindowOperator.TicksOf(timestamp, row) > WindowOperator.TicksOf(timestamp, known.Timestamp) ? row : known.Timestamp);
        }

        return [.. newest.Values.SelectMany(n => new[] { n.Time, n.Timestamp }).Distinct().Order()];
    }

    public override KeyedRows Group(int input, Delta delta) => input == 0 ? new(Consolidation.Of(delta), _end) : new(delta, new RowCodec([]));

    public override IReadOnlyList<byte[]> Further(int input, KeyedRows rows) => input == 0 ? ClockKeys : Passing([(input, rows.Delta)]);

    /// <summary>The keys of the windows that the watermark passes with what sources say together. The clock is in memory.</summary>
    public IReadOnlyList<byte[]> Passing(IEnumerable<(int Input, Delta Rows)> times)
    {
        var clock = _state.Get(ClockKey) ?? new Held();
        var partitions = new Dictionary<(int, string, int), Mark>(clock.Partitions);
        foreach (var (input, rows) in times)
            Advance(partitions, input, rows);
        var passed = Math.Max(clock.Passed, Least(partitions));
        return [.. clock.Ends.TakeWhile(e => IsPassed(e.Key, passed)).Select(e => e.Value)];
    }

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var clock = _state.Change(ClockKey);
        if (input == 0)
        {
            for (var k = 0; k < rows.Keys.Count; k++)
                Hold(clock, rows, k, output);
            return;
        }

        Advance(clock.Partitions, input, rows.Delta);
        clock.Passed = Math.Max(clock.Passed, Least(clock.Partitions));
        while (clock.Ends.Count > 0 && clock.Ends.First() is var (end, key) && IsPassed(end, clock.Passed))
        {
            clock.Ends.Remove(end);
            Release(_state.Change(key).Rows, output);
        }
    }

    private void Hold(Held clock, KeyedRows rows, int key, Delta output)
    {
        var end = WindowOperator.TicksOf(rows.Delta.Columns[_endPlace], rows.RowsOf(key)[0]);
        if (IsPassed(end, clock.Passed))
        {
            foreach (var row in rows.RowsOf(key))
                if (rows.Delta.Weights[row] is > 0 and var weight)
                {
                    output.Add(rows.Delta, row, weight);
                    _late++;
                }

            return;
        }

        var held = _state.Change(rows.Keys[key]);
        var writer = new StateWriter();
        foreach (var row in rows.RowsOf(key))
        {
            writer.Clear();
            _row.Write(writer, rows.Delta.Columns, row);
            held.Add(writer.Written.ToArray(), rows.Delta.Weights[row]);
        }

        if (held.Rows.Count == 0)
            clock.Ends.Remove(end);
        else
            clock.Ends.TryAdd(end, rows.Keys[key]);
    }

    private void Release(Dictionary<byte[], long> rows, Delta output)
    {
        foreach (var (row, weight) in rows.Where(r => r.Value > 0).OrderBy(r => r.Key, ByteKeys.Order))
        {
            _row.Read(row, output.Columns);
            output.Add(weight);
        }

        rows.Clear();
    }

    private void Advance(Dictionary<(int, string, int), Mark> partitions, int input, Delta delta)
    {
        var source = _sources[input - 1];
        var time = delta.Columns[source.Time];
        for (var row = 0; row < delta.Count; row++)
        {
            if (time.IsNull(row))
                continue;
            var (topic, partition) = PartitionOf(source, delta, row);
            var key = (input, topic, partition);
            var mark = new Mark(WindowOperator.TicksOf(time, row), WindowOperator.TicksOf(delta.Columns[source.Timestamp], row));
            partitions[key] = partitions.TryGetValue(key, out var known) ? new Mark(Math.Max(known.Time, mark.Time), Math.Max(known.Timestamp, mark.Timestamp)) : mark;
        }
    }

    /// <summary>The watermark: a source of which no record has come holds it back, a partition whose last record is older than the others' by the idle timeout does not.</summary>
    private long Least(Dictionary<(int Input, string, int), Mark> partitions)
    {
        if (partitions.Keys.Select(p => p.Input).Distinct().Count() < _sources.Length)
            return long.MinValue;
        var newest = partitions.Values.Max(m => m.Timestamp);
        return partitions.Where(p => _sources[p.Key.Input - 1].IdleTimeout is not { } timeout || newest - p.Value.Timestamp <= timeout).Min(p => p.Value.Time);
    }

    private static (string Topic, int Partition) PartitionOf(WatermarkInput source, Delta delta, int row) =>
        (((Column<string?>)delta.Columns[source.Topic]).Values[row] ?? "", (int)((Column<long?>)delta.Columns[source.Partition]).Values[row]!.Value);

    private static bool IsPassed(long end, long watermark) => end - LastMoment <= watermark;

    /// <summary>How far a partition is: the greatest time and the greatest timestamp of its records.</summary>
    private readonly record struct Mark(long Time, long Timestamp);

    /// <summary>The rows of one window's end that wait, or, under the empty key, how far time is.</summary>
    private sealed class Held : IKeyState
    {
        public Dictionary<byte[], long> Rows { get; } = new(ByteKeys.Comparer);

        public Dictionary<(int Input, string Topic, int Partition), Mark> Partitions { get; } = [];

        /// <summary>The ends for which rows wait, each with the key of its state.</summary>
        public SortedDictionary<long, byte[]> Ends { get; } = [];

        /// <summary>The greatest watermark so far.</summary>
        public long Passed { get; set; } = long.MinValue;

        public bool IsEmpty => Rows.Count == 0 && Partitions.Count == 0 && Ends.Count == 0;

        public void Add(byte[] row, long weight)
        {
            var after = Rows.GetValueOrDefault(row) + weight;
            if (after == 0)
                Rows.Remove(row);
            else
                Rows[row] = after;
        }

        public void Write(StateWriter writer)
        {
            writer.Long(Rows.Count);
            foreach (var (row, weight) in Rows)
            {
                writer.Bytes(row);
                writer.Long(weight);
            }

            writer.Long(Partitions.Count);
            foreach (var ((input, topic, partition), mark) in Partitions)
            {
                writer.Long(input);
                writer.Text(topic);
                writer.Long(partition);
                writer.Long(mark.Time);
                writer.Long(mark.Timestamp);
            }

            writer.Long(Ends.Count);
            foreach (var (end, key) in Ends)
            {
                writer.Long(end);
                writer.Bytes(key);
            }

            writer.Long(Passed);
        }

        public void Read(ref StateReader reader)
        {
            for (var count = reader.Count(); count > 0; count--)
                Rows.Add(reader.Bytes().ToArray(), reader.Long());
            for (var count = reader.Count(); count > 0; count--)
                Partitions.Add(((int)reader.Long(), reader.Text(), (int)reader.Long()), new Mark(reader.Long(), reader.Long()));
            for (var count = reader.Count(); count > 0; count--)
                Ends.Add(reader.Long(), reader.Bytes().ToArray());
            Passed = reader.Long();
        }
    }
}
