using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>GROUP BY</c>, and <c>DISTINCT</c>, which is a grouping without aggregates: one row for each key with rows. A grouping without a key has no row as long as there is no
/// input, as in Flink's streaming mode.
/// </summary>
internal sealed class AggregateOperator : KeyedOperator
{
    private readonly RowCodec _key;
    private readonly int _keyCount;
    private readonly AggregateInput[] _calls;
    private readonly SortKey _order;
    private readonly KeyedState<GroupState> _state;
    private readonly Delta _before;
    private readonly Delta _after;

    /// <summary>Makes one.</summary>
    /// <param name="types">The types of the output's columns: the keys', then the aggregates'.</param>
    /// <param name="keys">The places of the keys.</param>
    /// <param name="calls">The aggregates.</param>
    /// <param name="order">The places of what orders the records.</param>
    /// <param name="isAppendOnly">Whether no row of the input is ever removed.</param>
    public AggregateOperator(IReadOnlyList<SqlType> types, int[] keys, AggregateInput[] calls, int[] order, bool isAppendOnly)
        : base(types)
    {
        _key = new RowCodec(keys);
        _keyCount = keys.Length;
        _calls = calls;
        _order = new SortKey([.. order.Select(o => new SortColumn(o, false, true))]);
        _state = new KeyedState<GroupState>(() => new GroupState([.. calls.Select(c => RetractableAccumulator.Create(c.Call, isAppendOnly))]), "a group");
        (_before, _after) = (new Delta(types), new Delta(types));
    }

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _key);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var group = _state.Change(rows.Keys[k]);
            MakeRow(_before, rows.Keys[k], group, -1, failures);
            foreach (var row in rows.RowsOf(k))
                Add(group, rows.Delta, row);
            MakeRow(_after, rows.Keys[k], group, 1, failures);
            if (_before.Count > 0)
                output.Add(_before, 0, -1);
            if (_after.Count > 0)
                output.Add(_after, 0, 1);
        }
    }

    private void Add(GroupState group, Delta delta, int row)
    {
        var weight = delta.Weights[row];
        var order = _order.Columns.Count == 0 ? null : _order.Of(delta.Columns, row);
        group.Rows += weight;
        for (var i = 0; i < _calls.Length; i++)
            group.Accumulators[i].Add(_calls[i].Argument < 0 ? null : delta.Columns[_calls[i].Argument], row, order, weight);
    }

    private void MakeRow(Delta to, byte[] key, GroupState group, long weight, RowFailures failures)
    {
        to.Clear();
        if (group.Rows <= 0)
            return;
        _key.Read(key, to.Columns);
        try
        {
            for (var i = 0; i < _calls.Length; i++)
                group.Accumulators[i].Result(to.Columns[_keyCount + i]);
            to.Add(weight);
        }
        catch (EvaluationException e)
        {
            for (var i = 0; i < _calls.Length; i++)
            {
                to.Columns[_keyCount + i].Truncate(0);
                to.Columns[_keyCount + i].AppendNull();
            }

            to.Add(weight);
            failures.Add(to, 0, e.Reason);
            to.Clear();
        }
    }

    private sealed class GroupState(RetractableAccumulator[] accumulators) : IKeyState
    {
        public RetractableAccumulator[] Accumulators { get; } = accumulators;

        public long Rows { get; set; }

        public bool IsEmpty => Rows == 0 && Array.TrueForAll(Accumulators, a => a.IsEmpty);

        public void Write(StateWriter writer)
        {
            writer.Long(Rows);
            foreach (var accumulator in Accumulators)
                accumulator.Write(writer);
        }

        public void Read(ref StateReader reader)
        {
            Rows = reader.Long();
            foreach (var accumulator in Accumulators)
                accumulator.Read(ref reader);
        }
    }
}

/// <summary>An aggregate and the place of its argument; −1 for <c>COUNT(*)</c>.</summary>
internal readonly record struct AggregateInput(AggregateCall Call, int Argument);
