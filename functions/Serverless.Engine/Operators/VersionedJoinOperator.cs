using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>FOR SYSTEM_TIME AS OF</c> a row's time: each left row with the version of the right table that was valid at its time, the last one that began then or before. A version
/// that comes late corrects the rows that it concerns: those from its time up to the next version's.
/// </summary>
internal sealed class VersionedJoinOperator : KeyedOperator
{
    private readonly RowCodec[] _keys;
    private readonly RowCodec[] _rows;
    private readonly SortKey[] _order;
    private readonly int _leftTime;
    private readonly SortColumn _time; // of the right side
    private readonly int[] _leftKeys;
    private readonly int _leftWidth;
    private readonly int? _end; // of the right side: the place of what says that there is no version from then on
    private readonly bool _isOuter;
    private readonly KeyedState<Sides> _state = new(() => new Sides(), "a versioned join");

    /// <summary>Makes one.</summary>
    /// <param name="left">The types of the left columns.</param>
    /// <param name="right">The types of the right columns.</param>
    /// <param name="leftKeys">The places of the left side's key.</param>
    /// <param name="rightKeys">The places of the right side's key.</param>
    /// <param name="leftTime">The place of the left row's time.</param>
    /// <param name="rightOrder">The places of the time from which a right row is valid, and of what orders versions of one time.</param>
    /// <param name="end">The place of what says of a right row that there is no version from its time on; null if there is no such column.</param>
    /// <param name="isOuter">Whether left rows without a version come out, with NULLs.</param>
    public VersionedJoinOperator(
        IReadOnlyList<SqlType> left, IReadOnlyList<SqlType> right, int[] leftKeys, int[] rightKeys, int leftTime, int[] rightOrder, int? end, bool isOuter)
        : base([.. left, .. right])
    {
        _keys = [new(leftKeys), new(rightKeys)];
        _rows = [new([.. Enumerable.Range(0, left.Count)]), new([.. Enumerable.Range(0, right.Count)])];
        _order = [new([new SortColumn(leftTime, false, true)]), new([.. rightOrder.Select(o => new SortColumn(o, false, true))])];
        (_leftTime, _time) = (leftTime, new SortColumn(rightOrder[0], false, true));
        (_leftKeys, _leftWidth, _end, _isOuter) = (leftKeys, left.Count, end, isOuter);
    }

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _keys[input]);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var sides = _state.Change(rows.Keys[k]);
            foreach (var row in rows.RowsOf(k))
            {
                if (input == 1 && rows.Delta.Columns[_time.Column].IsNull(row))
                {
                    failures.Add(rows.Delta, row, "the time from which the version is valid is NULL");
                    continue;
                }

                writer.Clear();
                // An end of the versions before it has no row.
                if (input == 0 || _end is not { } end || ((Column<bool?>)rows.Delta.Columns[end]).Values[row] != true)
                    _rows[input].Write(writer, rows.Delta.Columns, row);
                var change = new SortedRow(_order[input].Of(rows.Delta.Columns, row), writer.Written.ToArray(), rows.Delta.Weights[row]);
                if (input == 0)
                    ChangeRow(sides, change, output);
                else
                    ChangeVersion(sides, change, new SortKey([_time]).Of(rows.Delta.Columns, row).Length, output);
            }
        }
    }

    private void ChangeRow(Sides sides, SortedRow change, Delta output)
    {
        var before = sides.Left.Total;
        sides.Left.Add(change.SortKey, change.Row, change.Weight);
        Emit(change.Row, ValidAt(sides.Right, change.SortKey), sides.Left.Total - before, output);
    }

    private void ChangeVersion(Sides sides, SortedRow change, int timeLength, Delta output)
    {
        var time = change.SortKey.AsSpan(0, timeLength);
        var next = sides.Right.FirstFrom(change.SortKey);
        for (; next < sides.Right.Rows.Count; next++)
            if (sides.Right.Rows[next] is { Weight: > 0 } version && version.SortKey.AsSpan().SequenceCompareTo(change.SortKey) > 0)
                break;
        var from = sides.Left.FirstFrom(time);
        var to = next == sides.Right.Rows.Count ? sides.Left.Rows.Count : sides.Left.FirstFrom(sides.Right.Rows[next].SortKey.AsSpan(0, timeLength));
        Emit(sides, from, to, -1, output);
        sides.Right.Add(change.SortKey, change.Row, change.Weight);
        Emit(sides, from, to, 1, output);
    }

    /// <summary>The version that is valid at a time: the last one that began then or before; null without one.</summary>
    private static byte[]? ValidAt(SortedRows versions, ReadOnlySpan<byte> time)
    {
        for (var place = versions.FirstBehind(time) - 1; place >= 0; place--)
            if (versions.Rows[place].Weight > 0)
                return versions.Rows[place].Row;
        return null;
    }

    /// <summary>Puts out the left rows between two places, at whose times one version is valid.</summary>
    private void Emit(Sides sides, int from, int to, long weight, Delta output)
    {
        if (from >= to)
            return;
        var valid = ValidAt(sides.Right, sides.Left.Rows[from].SortKey);
        for (var place = from; place < to; place++)
            Emit(sides.Left.Rows[place].Row, valid, weight * Math.Max(0, sides.Left.Rows[place].Weight), output);
    }

    private void Emit(byte[] row, byte[]? valid, long weight, Delta output)
    {
        if (weight == 0)
            return;
        var at = output.Count;
        _rows[0].Read(row, output.Columns);
        // NULL equals no key, and no version is valid at no time.
        var isNull = output.Columns[_leftTime].IsNull(at) || Array.Exists(_leftKeys, key => output.Columns[key].IsNull(at));
        if (valid is { Length: > 0 } && !isNull)
        {
            _rows[1].Read(valid, output.Columns, _leftWidth);
        }
        else if (_isOuter)
        {
            for (var i = _leftWidth; i < output.Columns.Length; i++)
                output.Columns[i].AppendNull();
        }
        else
        {
            output.DropUnfinishedRow();
            return;
        }

        output.Add(weight);
    }

    private sealed class Sides : IKeyState
    {
        public SortedRows Left { get; } = new();

        public SortedRows Right { get; } = new();

        public bool IsEmpty => Left.Rows.Count == 0 && Right.Rows.Count == 0;

        public void Write(StateWriter writer)
        {
            Left.Write(writer);
            Right.Write(writer);
        }

        public void Read(ref StateReader reader)
        {
            Left.Read(ref reader);
            Right.Read(ref reader);
        }
    }
}
