using Serverless.Engine.Expressions;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>What a join keeps of rows that match nothing, and of those that match.</summary>
internal enum JoinOutput
{
    /// <summary>The pairs.</summary>
    Inner,

    /// <summary>The pairs, and left rows without a match.</summary>
    Left,

    /// <summary>The pairs, and right rows without a match.</summary>
    Right,

    /// <summary>The pairs, and rows of either side without a match.</summary>
    Full,

    /// <summary>Left rows with a match, once each: <c>EXISTS</c>, <c>IN</c>.</summary>
    Semi,

    /// <summary>Left rows without a match: <c>NOT EXISTS</c>, <c>NOT IN</c>.</summary>
    Anti,
}

/// <summary>
/// A join by equal keys with any further condition, a range of time among them. Both sides are kept by key; a row that comes or goes makes its pairs come or go. For sides
/// whose rows show without a match, each row knows the weight of what it matches.
/// </summary>
internal sealed class JoinOperator : KeyedOperator
{
    private readonly JoinOutput _kind;
    private readonly int[][] _keys;
    private readonly RowCodec[] _keyCodecs;
    private readonly RowCodec[] _rows;
    private readonly int _leftWidth;
    private readonly bool _isNullEqual;
    private readonly Evaluator<bool?>? _condition;
    private readonly KeyedState<Sides> _state;
    private readonly Delta _pair;

    /// <summary>Makes one.</summary>
    /// <param name="kind">What comes out.</param>
    /// <param name="left">The types of the left columns.</param>
    /// <param name="right">The types of the right columns.</param>
    /// <param name="leftKeys">The places of the left side's key.</param>
    /// <param name="rightKeys">The places of the right side's key.</param>
    /// <param name="isNullEqual">Whether NULL equals NULL in keys (<c>IS NOT DISTINCT FROM</c>).</param>
    /// <param name="condition">The further condition, over the left columns with the right ones behind them.</param>
    public JoinOperator(
        JoinOutput kind, IReadOnlyList<SqlType> left, IReadOnlyList<SqlType> right, int[] leftKeys, int[] rightKeys, bool isNullEqual, Evaluator<bool?>? condition)
        : base(kind is JoinOutput.Semi or JoinOutput.Anti ? left : [.. left, .. right])
    {
        (_kind, _leftWidth, _isNullEqual, _condition) = (kind, left.Count, isNullEqual, condition);
        _keys = [leftKeys, rightKeys];
        _keyCodecs = [new(leftKeys), new(rightKeys)];
        _rows = [new([.. Enumerable.Range(0, left.Count)]), new([.. Enumerable.Range(0, right.Count)])];
        _state = new KeyedState<Sides>(() => new Sides(), "a join");
        _pair = new Delta([.. left, .. right]);
    }

    public override KeyedState State => _state;

    private bool HasPairs => _kind is not (JoinOutput.Semi or JoinOutput.Anti);

    public override KeyedRows Group(int input, Delta delta) => new(delta, _keyCodecs[input]);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        var writer = new StateWriter();
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var ofKey = rows.RowsOf(k);
            if (!_isNullEqual && Array.Exists(_keys[input], c => rows.Delta.Columns[c].IsNull(rows.RowsOf(k)[0])))
            {
                // NULL equals nothing.
                if (ShowsUnmatched(input))
                    foreach (var row in ofKey)
                        EmitUnmatched(input, rows.Delta, row, rows.Delta.Weights[row], output);
                continue;
            }

            var sides = _state.Change(rows.Keys[k]);
            foreach (var row in ofKey)
            {
                writer.Clear();
                _rows[input].Write(writer, rows.Delta.Columns, row);
                Add(sides, input, writer.Written.ToArray(), rows.Delta.Weights[row], output, failures);
            }
        }
    }

    private void Add(Sides sides, int input, byte[] row, long weight, Delta output, RowFailures failures)
    {
        var (mine, others) = (sides.Rows[input], sides.Rows[1 - input]);
        var (mineMatter, othersMatter) = (MatchesMatter(input), MatchesMatter(1 - input));
        var matched = 0L;
        if (HasPairs || mineMatter || othersMatter)
            foreach (var (other, otherWeight) in others.Rows)
            {
                if (!Matches(input, row, other, weight * otherWeight, failures))
                    continue;
                matched += otherWeight;
                if (HasPairs)
                    output.Add(_pair, 0, weight * otherWeight);
                if (!othersMatter)
                    continue;
                var before = sides.Matches[1 - input].Add(other, weight);
                if (before > 0 != before + weight > 0)
                    EmitAlone(1 - input, other, before + weight > 0 ? otherWeight : -otherWeight, output);
            }

        if (mineMatter)
        {
            var isNew = mine[row] == 0;
            if (isNew && matched != 0)
                sides.Matches[input].Add(row, matched);
            if (matched > 0 == (_kind == JoinOutput.Semi))
                EmitRow(input, row, weight, output);
            if (mine[row] + weight == 0 && matched != 0)
                sides.Matches[input].Add(row, -matched);
        }

        mine.Add(row, weight);
    }

    /// <summary>Whether a side's rows show, or not, by whether they match something.</summary>
    private bool MatchesMatter(int side) => ShowsUnmatched(side) || (_kind == JoinOutput.Semi && side == 0);

    private bool ShowsUnmatched(int side) => side == 0 ? _kind is JoinOutput.Left or JoinOutput.Full or JoinOutput.Anti : _kind is JoinOutput.Right or JoinOutput.Full;

    /// <summary>A row has come to match something, by so much weight, or has ceased to.</summary>
    private void EmitAlone(int side, byte[] row, long matchedWeight, Delta output) =>
        EmitRow(side, row, _kind == JoinOutput.Semi ? matchedWeight : -matchedWeight, output);

    private void EmitRow(int side, byte[] row, long weight, Delta output)
    {
        var columns = output.Columns;
        if (side == 0)
            _rows[0].Read(row, columns);
        else
            for (var i = 0; i < _leftWidth; i++)
                columns[i].AppendNull();
        if (side == 1)
            _rows[1].Read(row, columns, _leftWidth);
        else
            for (var i = _leftWidth; i < columns.Length; i++)
                columns[i].AppendNull();
        output.Add(weight);
    }

    private void EmitUnmatched(int side, Delta delta, int row, long weight, Delta output)
    {
        for (var i = 0; i < output.Columns.Length; i++)
        {
            var from = side == 0 ? i : i - _leftWidth;
            if (from >= 0 && from < delta.Columns.Length)
                output.Columns[i].Append(delta.Columns[from], row);
            else
                output.Columns[i].AppendNull();
        }

        output.Add(weight);
    }

    /// <summary>Whether the condition is true of a pair, which is left in <see cref="_pair"/>.</summary>
    private bool Matches(int input, byte[] row, byte[] other, long weight, RowFailures failures)
    {
        if (_condition is null && !HasPairs)
            return true;
        _pair.Clear();
        _rows[input].Read(row, _pair.Columns, input == 0 ? 0 : _leftWidth);
        _rows[1 - input].Read(other, _pair.Columns, input == 0 ? _leftWidth : 0);
        _pair.Add(weight);
        if (_condition is null)
            return true;
        try
        {
            return _condition.Value(new EvaluationInput(_pair.Columns, 0, default)) is true;
        }
        catch (EvaluationException e)
        {
            failures.Add(_pair, 0, e.Reason);
            return false;
        }
    }

    private sealed class Sides : IKeyState
    {
        public RowCounts[] Rows { get; } = [new(), new()];

        /// <summary>For each row of a side whose matches matter, the weight of what it matches.</summary>
        public RowCounts[] Matches { get; } = [new(), new()];

        public bool IsEmpty => Rows[0].IsEmpty && Rows[1].IsEmpty;

        public void Write(StateWriter writer)
        {
            foreach (var counts in Rows.Concat(Matches))
                counts.Write(writer);
        }

        public void Read(ref StateReader reader)
        {
            foreach (var counts in Rows.Concat(Matches))
                counts.Read(ref reader);
        }
    }
}
