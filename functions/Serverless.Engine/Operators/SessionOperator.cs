using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>SESSION</c>: rows of a key belong to one window for as long as each is at most the gap behind another: windows that touch are one, as in Flink. Each row comes out with its window's start and end, the last
/// row's time plus the gap; a row in between may join two windows, and a row that is removed may part them.
/// </summary>
internal sealed class SessionOperator : KeyedOperator
{
    private readonly RowCodec _key;
    private readonly RowCodec _row;
    private readonly SortKey _order;
    private readonly int _time;
    private readonly long _gap;
    private readonly KeyedState<Rows> _state = new(() => new Rows(), "the sessions of a key");

    /// <summary>Makes one.</summary>
    /// <param name="types">The types of the output's columns: the input's, then start and end.</param>
    /// <param name="keys">The places of <c>PARTITION BY</c>.</param>
    /// <param name="time">The place of the time.</param>
    /// <param name="gap">The gap, in ticks of 100 ns.</param>
    public SessionOperator(IReadOnlyList<SqlType> types, int[] keys, int time, long gap)
        : base(types)
    {
        _key = new RowCodec(keys);
        _row = new RowCodec([.. Enumerable.Range(0, types.Count - 2)]);
        _order = new SortKey([new SortColumn(time, false, true)]);
        (_time, _gap) = (time, gap);
    }

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _key);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var sorted = _state.Change(rows.Keys[k]).Sorted;
            // Only windows that a changed row is in, or at most the gap away from, can change.
            var (from, to) = (long.MaxValue, long.MinValue);
            foreach (var row in rows.RowsOf(k))
            {
                if (rows.Delta.Columns[_time].IsNull(row))
                {
                    failures.Add(rows.Delta, row, "the time of the window is NULL");
                    continue;
                }

                var ticks = WindowOperator.TicksOf(rows.Delta.Columns[_time], row);
                (from, to) = (Math.Min(from, ticks - _gap), Math.Max(to, ticks + _gap));
            }

            if (from > to)
                continue;
            Emit(sorted, from, to, output, -1);
            foreach (var row in rows.RowsOf(k))
            {
                if (rows.Delta.Columns[_time].IsNull(row))
                    continue;
                writer.Clear();
                _row.Write(writer, rows.Delta.Columns, row);
                sorted.Add(_order.Of(rows.Delta.Columns, row), writer.Written.ToArray(), rows.Delta.Weights[row]);
            }

            Emit(sorted, from, to, output, 1);
        }
    }

    /// <summary>Puts out the rows of the windows that have a row between two times.</summary>
    private void Emit(SortedRows sorted, long from, long to, Delta output, long weight)
    {
        var width = output.Columns.Length - 2;
        var (start, last) = (0L, 0L);
        var waiting = 0;
        for (var place = FirstOf(sorted.Rows, from); place < sorted.Rows.Count; place++)
        {
            var row = sorted.Rows[place];
            if (row.Weight <= 0)
                continue;
            var ticks = SortKey.LongOf(row.SortKey);
            if (waiting > 0 && ticks - last > _gap)
                End();
            if (waiting == 0 && ticks > to)
                break;
            _row.Read(row.Row, output.Columns);
            if (waiting == 0)
                start = ticks;
            last = ticks;
            waiting++;
            _weights.Add(weight * row.Weight);
        }

        End();

        // The rows of a window get its end when the next one begins.
        void End()
        {
            for (var i = 0; i < waiting; i++)
            {
                WindowOperator.AppendTicks(output.Columns[width], start);
                WindowOperator.AppendTicks(output.Columns[width + 1], last + _gap);
                output.Add(_weights[i]);
            }

            _weights.RemoveRange(0, waiting);
            waiting = 0;
        }
    }

    /// <summary>The place of the first row of the window that a time is in, or of the first that begins behind it.</summary>
    private int FirstOf(IReadOnlyList<SortedRow> rows, long time)
    {
        var (first, end) = (0, rows.Count);
        while (first < end)
        {
            var middle = (first + end) >>> 1;
            if (SortKey.LongOf(rows[middle].SortKey) < time)
                first = middle + 1;
            else
                end = middle;
        }

        // Rows whose weight is not above zero are not there.
        while (first < rows.Count && rows[first].Weight <= 0)
            first++;
        if (first == rows.Count)
            return first;
        for (var (place, ticks) = (first - 1, SortKey.LongOf(rows[first].SortKey)); place >= 0 && ticks - SortKey.LongOf(rows[place].SortKey) <= _gap; place--)
            if (rows[place].Weight > 0)
                (first, ticks) = (place, SortKey.LongOf(rows[place].SortKey));
        return first;
    }

    private readonly List<long> _weights = [];

    private sealed class Rows : IKeyState
    {
        public SortedRows Sorted { get; } = new();

        public bool IsEmpty => Sorted.Rows.Count == 0;

        public void Write(StateWriter writer) => Sorted.Write(writer);

        public void Read(ref StateReader reader) => Sorted.Read(ref reader);
    }
}
