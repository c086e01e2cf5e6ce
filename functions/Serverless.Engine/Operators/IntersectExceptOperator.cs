using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary><c>INTERSECT</c> and <c>EXCEPT</c>, with <c>ALL</c> or without: how often a row is there follows from how often it is on either side.</summary>
/// <param name="types">The types of the columns.</param>
/// <param name="isExcept">Whether it is <c>EXCEPT</c>.</param>
/// <param name="isAll">Whether equal rows are counted.</param>
/// <param name="places">For either input, where its columns for the output's stand.</param>
internal sealed class IntersectExceptOperator(IReadOnlyList<SqlType> types, bool isExcept, bool isAll, IReadOnlyList<int[]> places) : KeyedOperator(types)
{
    private readonly RowCodec[] _rows = [new(places[0]), new(places[1])];
    private readonly RowCodec _output = new([.. Enumerable.Range(0, types.Count)]);
    private readonly KeyedState<Sides> _state = new(() => new Sides(), "a row of a set operation");

    public override KeyedState State => _state;

    public override KeyedRows Group(int input, Delta delta) => new(delta, _rows[input]);

    public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
    {
        for (var k = 0; k < rows.Keys.Count; k++)
        {
            var sides = _state.Change(rows.Keys[k]);
            var before = Times(sides);
            foreach (var row in rows.RowsOf(k))
                sides.Weights[input] += rows.Delta.Weights[row];
            var change = Times(sides) - before;
            if (change == 0)
                continue;
            _output.Read(rows.Keys[k], output.Columns);
            output.Add(change);
        }
    }

    private long Times(Sides sides)
    {
        var (left, right) = (Math.Max(0, sides.Weights[0]), Math.Max(0, sides.Weights[1]));
        return (isExcept, isAll) switch
        {
            (false, true) => Math.Min(left, right),
            (false, false) => left > 0 && right > 0 ? 1 : 0,
            (true, true) => Math.Max(0, left - right),
            (true, false) => left > 0 && right == 0 ? 1 : 0,
        };
    }

    private sealed class Sides : IKeyState
    {
        public long[] Weights { get; } = [0, 0];

        public bool IsEmpty => Weights is [0, 0];

        public void Write(StateWriter writer)
        {
            writer.Long(Weights[0]);
            writer.Long(Weights[1]);
        }

        public void Read(ref StateReader reader) => (Weights[0], Weights[1]) = (reader.Long(), reader.Long());
    }
}
