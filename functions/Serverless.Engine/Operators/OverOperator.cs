using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>The functions of an <c>OVER</c> window that are no aggregates.</summary>
public enum OverFunction
{
    /// <summary>An aggregate over the frame.</summary>
    Aggregate,

    /// <summary><c>ROW_NUMBER()</c>.</summary>
    RowNumber,

    /// <summary><c>RANK()</c>.</summary>
    Rank,

    /// <summary><c>DENSE_RANK()</c>.</summary>
    DenseRank,

    /// <summary><c>LAG(x, n, default)</c>.</summary>
    Lag,

    /// <summary><c>LEAD(x, n, default)</c>.</summary>
    Lead,
}

/// <summary>A frame: the rows before a row, up to it, that its aggregate is made of.</summary>
/// <param name="IsRows">Whether distances count rows; if not, they are differences of the order's value, and rows of one value have one frame.</param>
/// <param name="Preceding">How far the frame goes back, in rows, or in the unit of the order's value (ticks of 100 ns for times); null for all.</param>
public readonly record struct Frame(bool IsRows, Number? Preceding);

/// <summary>A call of a window function.</summary>
/// <param name="Function">Which.</param>
/// <param name="Call">The aggregate, if it is one.</param>
/// <param name="Argument">The place of the argument; −1 without one.</param>
/// <param name="Offset">How many rows <c>LAG</c> and <c>LEAD</c> look away.</param>
/// <param name="Default">The place of what they give where there is no row; −1 for NULL.</param>
/// <param name="Frame">The frame.</param>
internal readonly record struct OverInput(OverFunction Function, AggregateCall? Call, int Argument, long Offset, int Default, Frame Frame);

/// <summary>
/// <c>OVER (PARTITION BY … ORDER BY …)</c>: the input's rows, each with the results of the functions behind its columns. What a change costs follows the rows that it
/// concerns: those from it on, as far as a frame or <c>LAG</c> reaches, and those before it that <c>LEAD</c> looks ahead from.
/// </summary>
internal sealed class OverOperator : KeyedOperator
{
    private readonly RowCodec _key;
    private readonly RowCodec _row;
    private readonly SortKey _order;
    private readonly SortKey _peers;
    private readonly OverInput[] _calls;
    private readonly KeyedState<Partition> _state = new(() => new Partition(), "the rows of an OVER window");
    private readonly Delta _rows;
    private readonly Delta _probe;
    private readonly int[] _running; // the calls whose frame is all rows up to one
    private readonly OverInput[] _ranges;
    private readonly long _ahead; // how many rows before a changed one are concerned
    private readonly long _behind; // how many behind it
    private readonly bool _isToTheEnd;
    private readonly bool _countsPeers;
    private readonly bool _needsOrder;

    /// <summary>Makes one.</summary>
    /// <param name="inputTypes">The types of the input's columns.</param>
    /// <param name="types">The types of the output's: the input's, then the functions'.</param>
    /// <param name="keys">The places of <c>PARTITION BY</c>.</param>
    /// <param name="order">The places of <c>ORDER BY</c>.</param>
    /// <param name="ties">What orders rows that <c>ORDER BY</c> does not tell apart.</param>
    /// <param name="calls">The functions.</param>
    public OverOperator(IReadOnlyList<SqlType> inputTypes, IReadOnlyList<SqlType> types, int[] keys, SortColumn[] order, SortColumn[] ties, OverInput[] calls)
        : base(types)
    {
        _key = new RowCodec(keys);
        _row = new RowCodec([.. Enumerable.Range(0, inputTypes.Count)]);
        _order = new SortKey([.. order, .. ties]);
        _peers = new SortKey(order);
        _calls = calls;
        _rows = new Delta(inputTypes);
        _probe = new Delta(inputTypes);
        _running = [.. Enumerable.Range(0, calls.Length).Where(i => IsRunning(calls[i]))];
        _ranges = [.. calls.Where(c => c.Function == OverFunction.Aggregate && !c.Frame.IsRows && c.Frame.Preceding is not null)];
        _ahead = calls.Where(c => c.Function == OverFunction.Lead).Select(c => c.Offset).DefaultIfEmpty(0).Max();
        _behind = calls.Select(RowsBehind).DefaultIfEmpty(0).Max();
        _isToTheEnd = _running.Length > 0 || calls.Any(c => c.Function is OverFunction.RowNumber or OverFunction.Rank or OverFunction.DenseRank);
        _countsPeers = calls.Any(c => c.Function == OverFunction.DenseRank);
        _needsOrder = _running.Any(i => calls[i].Call!.NeedsOrder);
    }

    public override KeyedState State => _state;

    /// <summary>How many rows of its state it has read, which is what a change costs.</summary>
    internal long RowsRead { get; private set; }

    public override KeyedRows Group(int input, Delta delta) => new(delta, _key);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var partition = _state.Change(rows.Keys[k]);
            var sorted = partition.Sorted;
            Run(partition);
            var changes = new List<SortedRow>();
            byte[]? first = null, last = null;
            var lastRow = -1;
            foreach (var row in rows.RowsOf(k))
            {
                writer.Clear();
                _row.Write(writer, rows.Delta.Columns, row);
                changes.Add(new SortedRow(_order.Of(rows.Delta.Columns, row), writer.Written.ToArray(), rows.Delta.Weights[row]));
                var peers = _peers.Of(rows.Delta.Columns, row);
                if (first is null || peers.AsSpan().SequenceCompareTo(first) < 0)
                    first = peers;
                if (last is null || peers.AsSpan().SequenceCompareTo(last) > 0)
                    (last, lastRow) = (peers, row);
            }

            // Both are the same before and after: no row outside them changes.
            var start = StartOf(sorted, first!);
            var unchanged = sorted.Rows.Count - EndOf(sorted, sorted.FirstBehind(last!), rows.Delta.Columns, lastRow);
            Emit(partition, start, sorted.Rows.Count - unchanged, -1, output, failures);
            foreach (var change in changes)
                sorted.Add(change.SortKey, change.Row, change.Weight);
            Emit(partition, start, sorted.Rows.Count - unchanged, 1, output, failures);
        }
    }

    private static bool IsRunning(OverInput call) => call.Function == OverFunction.Aggregate && call.Frame.Preceding is null;

    private static long RowsBehind(OverInput call) => call switch
    {
        { Function: OverFunction.Lag } => call.Offset,
        { Function: OverFunction.Aggregate, Frame: { IsRows: true, Preceding: { } distance } } => distance.ToInt64(),
        _ => 0,
    };

    /// <summary>The place of the first row that a change concerns, or one before it: with the rows that look ahead as far, and their peers.</summary>
    private int StartOf(SortedRows sorted, byte[] first)
    {
        var start = sorted.FirstFrom(first);
        if (_ahead == 0 || start == 0)
            return start;
        start = Back(sorted, start, _ahead);
        return sorted.FirstFrom(_peers.Of(Probe(sorted, start), 0));
    }

    /// <summary>The place behind the last row that a change concerns, or one behind it: with the rows whose frame it is in, and their peers.</summary>
    private int EndOf(SortedRows sorted, int behind, Column[] columns, int lastRow)
    {
        if (_isToTheEnd)
            return sorted.Rows.Count;
        var end = Ahead(sorted, behind, _behind);
        foreach (var call in _ranges)
            while (end < sorted.Rows.Count && !IsOutside(call.Frame, columns, lastRow, Probe(sorted, end), 0))
                end++;
        return end == behind ? end : sorted.FirstBehind(_peers.Of(Probe(sorted, end - 1), 0));
    }

    /// <summary>The place of the first row that the results of the rows from a place on are made of, but for what runs on from the first row.</summary>
    private int ContextOf(SortedRows sorted, int start)
    {
        var from = Back(sorted, start, _behind);
        if (_ranges.Length == 0 || start == sorted.Rows.Count)
            return from;
        var first = _rows.Empty();
        _row.Read(sorted.Rows[start].Row, first.Columns);
        foreach (var call in _ranges)
            while (from > 0 && !IsOutside(call.Frame, Probe(sorted, from - 1), 0, first.Columns, 0))
                from--;
        return from;
    }

    private static int Back(SortedRows sorted, int place, long count)
    {
        for (; count > 0 && place > 0; place--)
            count -= Math.Max(0, sorted.Rows[place - 1].Weight);
        return place;
    }

    private static int Ahead(SortedRows sorted, int place, long count)
    {
        for (; count > 0 && place < sorted.Rows.Count; place++)
            count -= Math.Max(0, sorted.Rows[place].Weight);
        return place;
    }

    private Column[] Probe(SortedRows sorted, int place)
    {
        RowsRead++;
        _probe.Clear();
        _row.Read(sorted.Rows[place].Row, _probe.Columns);
        return _probe.Columns;
    }

    /// <summary>Reads rows, each as often as it is there.</summary>
    private List<byte[]> Read(SortedRows sorted, int from, int to, List<int> places)
    {
        _rows.Clear();
        var orders = new List<byte[]>();
        for (var place = from; place < to; place++)
        {
            places.Add(_rows.Count);
            var row = sorted.Rows[place];
            var order = _needsOrder ? [.. row.SortKey, .. row.Row] : Array.Empty<byte>();
            for (var i = 0L; i < row.Weight; i++)
            {
                _row.Read(row.Row, _rows.Columns);
                _rows.Add(1);
                orders.Add(order);
            }
        }

        places.Add(_rows.Count);
        RowsRead += _rows.Count;
        return orders;
    }

    /// <summary>Adds all rows to what runs on from the first one, unless that is known: it is not stored.</summary>
    private void Run(Partition partition)
    {
        if (partition.Running is not null || (_running.Length == 0 && !_countsPeers))
            return;
        partition.Running = [.. _running.Select(i => RetractableAccumulator.Create(_calls[i].Call!, false))];
        var orders = Read(partition.Sorted, 0, partition.Sorted.Rows.Count, []);
        Add(partition, orders, 0, 1);
        partition.Peers = _countsPeers ? CountPeers(PeersOf(), 0) : 0;
    }

    private void Add(Partition partition, List<byte[]> orders, int from, long weight)
    {
        for (var i = 0; i < _running.Length; i++)
        {
            var argument = ArgumentOf(_calls[_running[i]]);
            for (var row = from; row < _rows.Count; row++)
                partition.Running![i].Add(argument, row, orders[row], weight);
        }
    }

    private Column? ArgumentOf(OverInput call) => call.Argument < 0 ? null : _rows.Columns[call.Argument];

    private static long CountPeers(int[] peers, int from)
    {
        var count = 0L;
        for (var row = from; row < peers.Length; row++)
            count += peers[row] == row ? 1 : 0;
        return count;
    }

    /// <summary>Puts out the rows between two places. Before a change what runs on from the first row is taken back to the start.</summary>
    private void Emit(Partition partition, int start, int end, long weight, Delta output, RowFailures failures)
    {
        var sorted = partition.Sorted;
        var from = ContextOf(sorted, start);
        var places = new List<int>();
        var orders = Read(sorted, from, Ahead(sorted, end, _ahead), places);
        var (firstRow, lastRow) = (places[start - from], places[end - from]);
        var peers = PeersOf();
        if (weight < 0)
            Add(partition, orders, firstRow, -1);
        if (_countsPeers && weight < 0)
            partition.Peers -= CountPeers(peers, firstRow);
        var width = _rows.Columns.Length;
        var results = new Column[_calls.Length];
        var failed = new Dictionary<int, string>();
        // The rows from the first one on are the last of all if it matters how many there are before.
        var before = sorted.Total - (_rows.Count - firstRow);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Column.Create(Types[width + i]);
            if (_calls[i].Function != OverFunction.Aggregate)
                Evaluate(_calls[i], peers, firstRow, lastRow, before, partition.Peers, results[i]);
            else if (IsRunning(_calls[i]))
                Aggregate(_calls[i], partition.Running![Array.IndexOf(_running, i)], peers, firstRow, firstRow, lastRow, orders, results[i], failed);
            else
                Aggregate(_calls[i], RetractableAccumulator.Create(_calls[i].Call!, false), peers, 0, firstRow, lastRow, null, results[i], failed);
        }

        if (weight < 0)
            Add(partition, orders, firstRow, -1);
        else if (_countsPeers)
            partition.Peers += CountPeers(peers, firstRow);
        for (var row = firstRow; row < lastRow; row++)
        {
            if (failed.TryGetValue(row, out var reason))
            {
                failures.Add(_rows, row, reason, weight);
                continue;
            }

            for (var i = 0; i < width; i++)
                output.Columns[i].Append(_rows.Columns[i], row);
            for (var i = 0; i < results.Length; i++)
                output.Columns[width + i].Append(results[i], row - firstRow);
            output.Add(weight);
        }
    }

    /// <summary>For each row, the first of the rows that ORDER BY does not tell apart from it.</summary>
    private int[] PeersOf()
    {
        var peers = new int[_rows.Count];
        var before = Array.Empty<byte>();
        for (var row = 0; row < peers.Length; row++)
        {
            var key = _peers.Of(_rows.Columns, row);
            peers[row] = row > 0 && key.AsSpan().SequenceEqual(before) ? peers[row - 1] : row;
            before = key;
        }

        return peers;
    }

    private void Evaluate(OverInput call, int[] peers, int first, int last, long before, long peersBefore, Column result)
    {
        var rank = peersBefore;
        for (var row = first; row < last; row++)
        {
            if (peers[row] == row)
                rank++;
            switch (call.Function)
            {
                case OverFunction.RowNumber: ((Column<long?>)result).Append(before + row - first + 1); break;
                case OverFunction.Rank: ((Column<long?>)result).Append(before + peers[row] - first + 1); break;
                case OverFunction.DenseRank: ((Column<long?>)result).Append(rank); break;
                default:
                    var other = call.Function == OverFunction.Lag ? row - call.Offset : row + call.Offset;
                    if (other >= 0 && other < peers.Length)
                        result.Append(_rows.Columns[call.Argument], (int)other);
                    else if (call.Default >= 0)
                        result.Append(_rows.Columns[call.Default], row);
                    else
                        result.AppendNull();
                    break;
            }
        }
    }

    /// <summary>Appends an aggregate's results for the rows between two.</summary>
    /// <param name="call">The aggregate.</param>
    /// <param name="accumulator">Holds the rows before the first that is added.</param>
    /// <param name="peers">For each row, the first of its peers.</param>
    /// <param name="added">The first row that is added.</param>
    /// <param name="first">The first row with a result.</param>
    /// <param name="last">The row behind the last.</param>
    /// <param name="orders">What orders the rows; null if their places do, since none is kept.</param>
    /// <param name="result">Takes the results.</param>
    /// <param name="failed">Takes the rows without one.</param>
    private void Aggregate(
        OverInput call, RetractableAccumulator accumulator, int[] peers, int added, int first, int last, List<byte[]>? orders, Column result, Dictionary<int, string> failed)
    {
        var argument = ArgumentOf(call);
        var (from, to) = (added, added); // the frame is [from, to), and what the accumulator held
        for (var row = first; row < last; row++)
        {
            var end = row + 1;
            while (!call.Frame.IsRows && end < peers.Length && peers[end] == peers[row])
                end++;
            for (; to < end; to++)
                accumulator.Add(argument, to, orders?[to] ?? OrderOf(to), 1);
            for (; from < to && IsOutside(call.Frame, from, row); from++)
                accumulator.Add(argument, from, OrderOf(from), -1);
            try
            {
                accumulator.Result(result);
            }
            catch (EvaluationException e)
            {
                failed.TryAdd(row, e.Reason);
                result.AppendNull();
            }
        }
    }

    // Rows are in order: their places say which is first.
    private static byte[] OrderOf(int row) => [(byte)(row >> 24), (byte)(row >> 16), (byte)(row >> 8), (byte)row];

    private bool IsOutside(Frame frame, int from, int row) => frame switch
    {
        { Preceding: null } => false,
        { IsRows: true, Preceding: { } distance } => new Number(row - from).CompareTo(distance) > 0,
        _ => IsOutside(frame, _rows.Columns, from, _rows.Columns, row),
    };

    /// <summary>Whether a row is further before another one than the frame reaches, by the order's value.</summary>
    private bool IsOutside(Frame frame, Column[] before, int from, Column[] columns, int row)
    {
        var order = _peers.Columns[0];
        var (other, column) = (before[order.Column], columns[order.Column]);
        if (column.IsNull(row) || other.IsNull(from))
            return column.IsNull(row) != other.IsNull(from);
        var difference = Number.Subtract(ValueOf(column, row), ValueOf(other, from));
        return (order.IsDescending ? Number.Negate(difference) : difference).CompareTo(frame.Preceding!.Value) > 0;
    }

    private static Number ValueOf(Column column, int row) => column switch
    {
        Column<long?> c => new Number(c.Values[row]!.Value),
        Column<Number?> c => c.Values[row]!.Value,
        Column<DateOnly?> c => new Number(c.Values[row]!.Value.DayNumber * TimeSpan.TicksPerDay),
        Column<TimeOnly?> c => new Number(c.Values[row]!.Value.Ticks),
        _ => new Number(WindowOperator.TicksOf(column, row)),
    };

    private sealed class Partition : IKeyState
    {
        public SortedRows Sorted { get; } = new();

        /// <summary>The aggregates of all rows, for the calls whose frame is all rows up to one; null until they are needed. They are made of the rows, and not stored.</summary>
        public RetractableAccumulator[]? Running { get; set; }

        /// <summary>How many values the order has, if it matters; of what <see cref="Running"/> is made of.</summary>
        public long Peers { get; set; }

        public bool IsEmpty => Sorted.Rows.Count == 0;

        public void Write(StateWriter writer) => Sorted.Write(writer);

        public void Read(ref StateReader reader) => Sorted.Read(ref reader);
    }
}
