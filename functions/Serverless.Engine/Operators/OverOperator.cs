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

/// <summary><c>OVER (PARTITION BY … ORDER BY …)</c>: the input's rows, each with the results of the functions behind its columns.</summary>
internal sealed class OverOperator : KeyedOperator
{
    private readonly RowCodec _key;
    private readonly RowCodec _row;
    private readonly SortKey _order;
    private readonly SortKey _peers;
    private readonly OverInput[] _calls;
    private readonly KeyedState<Rows> _state = new(() => new Rows(), "the rows of an OVER window");
    private readonly Delta _rows;
    private readonly long _ahead;

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
        _ahead = calls.Where(c => c.Function == OverFunction.Lead).Select(c => c.Offset).DefaultIfEmpty(0).Max();
    }

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _key);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var sorted = _state.Change(rows.Keys[k]).Sorted;
            var changes = new List<SortedRow>();
            byte[]? first = null;
            foreach (var row in rows.RowsOf(k))
            {
                writer.Clear();
                _row.Write(writer, rows.Delta.Columns, row);
                changes.Add(new SortedRow(_order.Of(rows.Delta.Columns, row), writer.Written.ToArray(), rows.Delta.Weights[row]));
                var peers = _peers.Of(rows.Delta.Columns, row);
                if (first is null || peers.AsSpan().SequenceCompareTo(first) < 0)
                    first = peers;
            }

            Emit(sorted, first!, -1, output, failures);
            foreach (var change in changes)
                sorted.Add(change.SortKey, change.Row, change.Weight);
            Emit(sorted, first!, 1, output, failures);
        }
    }

    /// <summary>Puts out the rows that a change can concern: those from its peers on, and those before that look ahead as far.</summary>
    private void Emit(SortedRows sorted, byte[] first, long weight, Delta output, RowFailures failures)
    {
        _rows.Clear();
        var start = 0; // of the rows that are put out
        foreach (var row in sorted.Rows)
        {
            var isBefore = row.SortKey.AsSpan().SequenceCompareTo(first) < 0;
            for (var i = 0L; i < row.Weight; i++)
            {
                _row.Read(row.Row, _rows.Columns);
                _rows.Add(weight);
            }

            if (isBefore)
                start = _rows.Count;
        }

        start = (int)Math.Max(0, start - _ahead);
        if (_rows.Count == start)
            return;
        var peers = PeersOf();
        var width = _rows.Columns.Length;
        var results = new Column[_calls.Length];
        var failed = new Dictionary<int, string>();
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Column.Create(Types[width + i]);
            Evaluate(_calls[i], peers, results[i], failed);
        }

        for (var row = start; row < _rows.Count; row++)
        {
            if (failed.TryGetValue(row, out var reason))
            {
                failures.Add(_rows, row, reason);
                continue;
            }

            for (var i = 0; i < width; i++)
                output.Columns[i].Append(_rows.Columns[i], row);
            for (var i = 0; i < results.Length; i++)
                output.Columns[width + i].Append(results[i], row);
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

    private void Evaluate(OverInput call, int[] peers, Column result, Dictionary<int, string> failed)
    {
        var rank = 0L;
        if (call.Function == OverFunction.Aggregate)
        {
            Aggregate(call, peers, result, failed);
            return;
        }

        for (var row = 0; row < peers.Length; row++)
        {
            if (peers[row] == row)
                rank++;
            switch (call.Function)
            {
                case OverFunction.RowNumber: ((Column<long?>)result).Append(row + 1); break;
                case OverFunction.Rank: ((Column<long?>)result).Append(peers[row] + 1); break;
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

    private void Aggregate(OverInput call, int[] peers, Column result, Dictionary<int, string> failed)
    {
        var accumulator = RetractableAccumulator.Create(call.Call!, call.Frame.Preceding is null);
        var argument = call.Argument < 0 ? null : _rows.Columns[call.Argument];
        var (from, to) = (0, 0); // the frame is [from, to)
        for (var row = 0; row < peers.Length; row++)
        {
            var end = row + 1;
            while (!call.Frame.IsRows && end < peers.Length && peers[end] == peers[row])
                end++;
            for (; to < end; to++)
                accumulator.Add(argument, to, OrderOf(to), 1);
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

    private bool IsOutside(Frame frame, int from, int row)
    {
        if (frame.Preceding is not { } distance)
            return false;
        if (frame.IsRows)
            return new Number(row - from).CompareTo(distance) > 0;
        var order = _peers.Columns[0];
        var column = _rows.Columns[order.Column];
        if (column.IsNull(row) || column.IsNull(from))
            return column.IsNull(row) != column.IsNull(from);
        var difference = Number.Subtract(ValueOf(column, row), ValueOf(column, from));
        return (order.IsDescending ? Number.Negate(difference) : difference).CompareTo(distance) > 0;
    }

    private static Number ValueOf(Column column, int row) => column switch
    {
        Column<long?> c => new Number(c.Values[row]!.Value),
        Column<Number?> c => c.Values[row]!.Value,
        Column<DateOnly?> c => new Number(c.Values[row]!.Value.DayNumber * TimeSpan.TicksPerDay),
        Column<TimeOnly?> c => new Number(c.Values[row]!.Value.Ticks),
        _ => new Number(WindowOperator.TicksOf(column, row)),
    };

    private sealed class Rows : IKeyState
    {
        public SortedRows Sorted { get; } = new();

        public bool IsEmpty => Sorted.Rows.Count == 0;

        public void Write(StateWriter writer) => Sorted.Write(writer);

        public void Read(ref StateReader reader) => Sorted.Read(ref reader);
    }
}
