using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>FOR SYSTEM_TIME AS OF</c> a row's time: each left row with the version of the right table that was valid at its time, the last one that began then or before. A version
/// that comes late corrects the rows that it concerns.
/// </summary>
internal sealed class VersionedJoinOperator : KeyedOperator
{
    private readonly RowCodec[] _keys;
    private readonly RowCodec[] _rows;
    private readonly SortKey[] _order;
    private readonly int[] _times;
    private readonly int[] _leftKeys;
    private readonly int _leftWidth;
    private readonly bool _isOuter;
    private readonly KeyedState<Sides> _state = new(() => new Sides(), "a versioned join");

    /// <summary>Makes one.</summary>
    /// <param name="left">The types of the left columns.</param>
    /// <param name="right">The types of the right columns.</param>
    /// <param name="leftKeys">The places of the left side's key.</param>
    /// <param name="rightKeys">The places of the right side's key.</param>
    /// <param name="leftTime">The place of the left row's time.</param>
    /// <param name="rightOrder">The places of the time from which a right row is valid, and of what orders versions of one time.</param>
    /// <param name="isOuter">Whether left rows without a version come out, with NULLs.</param>
    public VersionedJoinOperator(
        IReadOnlyList<SqlType> left, IReadOnlyList<SqlType> right, int[] leftKeys, int[] rightKeys, int leftTime, int[] rightOrder, bool isOuter)
        : base([.. left, .. right])
    {
        _keys = [new(leftKeys), new(rightKeys)];
        _rows = [new([.. Enumerable.Range(0, left.Count)]), new([.. Enumerable.Range(0, right.Count)])];
        _order = [new([new SortColumn(leftTime, false, true)]), new([.. rightOrder.Select(o => new SortColumn(o, false, true))])];
        _times = [leftTime, rightOrder[0]];
        (_leftKeys, _leftWidth, _isOuter) = (leftKeys, left.Count, isOuter);
    }

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _keys[input]);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var sides = _state.Change(rows.Keys[k]);
            Emit(sides, -1, output);
            foreach (var row in rows.RowsOf(k))
            {
                if (input == 1 && rows.Delta.Columns[_times[1]].IsNull(row))
                {
                    failures.Add(rows.Delta, row, "the time from which the version is valid is NULL");
                    continue;
                }

                writer.Clear();
                _rows[input].Write(writer, rows.Delta.Columns, row);
                sides.Rows[input].Add(_order[input].Of(rows.Delta.Columns, row), writer.Written.ToArray(), rows.Delta.Weights[row]);
            }

            Emit(sides, 1, output);
        }
    }

    private void Emit(Sides sides, long weight, Delta output)
    {
        var (versions, next) = (sides.Rows[1].Rows, 0);
        byte[]? valid = null;
        foreach (var row in sides.Rows[0].Rows)
        {
            if (row.Weight <= 0)
                continue;
            for (; next < versions.Count && IsUpTo(versions[next].SortKey, row.SortKey); next++)
                if (versions[next].Weight > 0)
                    valid = versions[next].Row;
            var at = output.Count;
            _rows[0].Read(row.Row, output.Columns);
            // NULL equals no key, and no version is valid at no time.
            var isNull = output.Columns[_times[0]].IsNull(at) || Array.Exists(_leftKeys, key => output.Columns[key].IsNull(at));
            if (valid is not null && !isNull)
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
                continue;
            }

            output.Add(weight * row.Weight);
        }
    }

    // The version's key has more behind the time.
    private static bool IsUpTo(byte[] version, byte[] time) => version.AsSpan(0, Math.Min(version.Length, time.Length)).SequenceCompareTo(time) <= 0;

    private sealed class Sides : IKeyState
    {
        public SortedRows[] Rows { get; } = [new(), new()];

        public bool IsEmpty => Rows[0].Rows.Count == 0 && Rows[1].Rows.Count == 0;

        public void Write(StateWriter writer)
        {
            Rows[0].Write(writer);
            Rows[1].Write(writer);
        }

        public void Read(ref StateReader reader)
        {
            Rows[0].Read(ref reader);
            Rows[1].Read(ref reader);
        }
    }
}
