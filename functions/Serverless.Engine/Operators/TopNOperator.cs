using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) BETWEEN from AND to</c>: the rows of each partition from one place to another, perhaps with their numbers. The first
/// alone is deduplication.
/// </summary>
internal sealed class TopNOperator : KeyedOperator
{
    private readonly RowCodec _key;
    private readonly RowCodec _row;
    private readonly SortKey _order;
    private readonly long _from;
    private readonly long _to;
    private readonly bool _hasNumber;
    private readonly bool _isAppendOnly;
    private readonly KeyedState<Partition> _state = new(() => new Partition(), "a ranking");

    /// <summary>Makes one.</summary>
    /// <param name="inputTypes">The types of the input's columns, which are the output's.</param>
    /// <param name="keys">The places of <c>PARTITION BY</c>.</param>
    /// <param name="order">The places of <c>ORDER BY</c>.</param>
    /// <param name="from">The first place, from 1.</param>
    /// <param name="to">The last place.</param>
    /// <param name="hasNumber">Whether the row's number is a column behind the others.</param>
    /// <param name="isAppendOnly">Whether no row of the input is ever removed, so that what is behind the last place is forgotten.</param>
    public TopNOperator(IReadOnlyList<SqlType> inputTypes, int[] keys, SortColumn[] order, long from, long to, bool hasNumber, bool isAppendOnly)
        : base(hasNumber ? [.. inputTypes, SqlType.BigInt] : inputTypes)
    {
        _key = new RowCodec(keys);
        _row = new RowCodec([.. Enumerable.Range(0, inputTypes.Count)]);
        _order = new SortKey(order);
        (_from, _to, _hasNumber, _isAppendOnly) = (from, to, hasNumber, isAppendOnly);
    }

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _key);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var partition = _state.Change(rows.Keys[k]).Rows;
            Emit(partition, output, -1);
            foreach (var row in rows.RowsOf(k))
            {
                writer.Clear();
                _row.Write(writer, rows.Delta.Columns, row);
                partition.Add(_order.Of(rows.Delta.Columns, row), writer.Written.ToArray(), rows.Delta.Weights[row]);
            }

            Emit(partition, output, 1);
            if (_isAppendOnly)
                Forget(partition);
        }
    }

    private void Emit(SortedRows partition, Delta output, long weight)
    {
        var number = 0L;
        foreach (var row in partition.Rows)
        {
            if (row.Weight <= 0)
                continue;
            if (number >= _to)
                return;
            var first = Math.Max(number + 1, _from);
            var last = Math.Min(number + row.Weight, _to);
            number += row.Weight;
            if (last < first)
                continue;
            if (!_hasNumber)
            {
                _row.Read(row.Row, output.Columns);
                output.Add(weight * (last - first + 1));
                continue;
            }

            for (var place = first; place <= last; place++)
            {
                _row.Read(row.Row, output.Columns);
                ((Column<long?>)output.Columns[^1]).Append(place);
                output.Add(weight);
            }
        }
    }

    private void Forget(SortedRows partition)
    {
        var number = 0L;
        for (var i = 0; i < partition.Rows.Count; i++)
        {
            if (number >= _to)
            {
                partition.DropFrom(i);
                return;
            }

            number += partition.Rows[i].Weight;
        }
    }

    private sealed class Partition : IKeyState
    {
        public SortedRows Rows { get; } = new();

        public bool IsEmpty => Rows.Rows.Count == 0;

        public void Write(StateWriter writer) => Rows.Write(writer);

        public void Read(ref StateReader reader) => Rows.Read(ref reader);
    }
}
