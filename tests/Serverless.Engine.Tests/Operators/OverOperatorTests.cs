using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Operators;

/// <summary>What a change of a partition costs, and that changes one by one come to what all rows at once do.</summary>
public sealed class OverOperatorTests
{
    private const int Large = 10_000;

    private static readonly SqlType[] Types = [SqlType.BigInt, SqlType.BigInt, SqlType.BigInt];
    private static readonly Frame All = new(true, null);

    // Rows are a partition, a time and a value.
    private static readonly Dictionary<string, OverInput> Calls = new()
    {
        ["sum of all rows up to this one"] = Aggregate(AggregateKind.Sum, All),
        ["sum of all times up to this one"] = Aggregate(AggregateKind.Sum, new Frame(false, null)),
        ["greatest of all rows up to this one"] = Aggregate(AggregateKind.Max, All),
        ["last value of all rows up to this one"] = Aggregate(AggregateKind.LastValue, All),
        ["distinct values of all times up to this one"] = Aggregate(AggregateKind.Count, new Frame(false, null), isDistinct: true),
        ["sum of four rows"] = Aggregate(AggregateKind.Sum, new Frame(true, new Number(3))),
        ["first value of four rows"] = Aggregate(AggregateKind.FirstValue, new Frame(true, new Number(3))),
        ["least of three times"] = Aggregate(AggregateKind.Min, new Frame(false, new Number(2))),
        ["row number"] = Of(OverFunction.RowNumber),
        ["rank"] = Of(OverFunction.Rank),
        ["dense rank"] = Of(OverFunction.DenseRank),
        ["lag"] = Of(OverFunction.Lag, 2),
        ["lead"] = Of(OverFunction.Lead, 2),
    };

    public static TheoryData<string> Names => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_behind_ten_thousand_others_costs_a_few(string name)
    {
        var over = Make(Calls[name]);
        Apply(over, Enumerable.Range(0, Large).Select(i => (0L, (long)i, i % 7L, 1L)));

        var before = over.RowsRead;
        var output = Apply(over, [(0, Large, 3, 1)]);

        Assert.InRange(output.Count, 1, 10);
        Assert.InRange(over.RowsRead - before, 1, 50);
    }

    [Theory]
    [InlineData("sum of four rows")]
    [InlineData("first value of four rows")]
    [InlineData("least of three times")]
    [InlineData("lag")]
    [InlineData("lead")]
    public void A_row_in_the_middle_of_ten_thousand_costs_a_few_if_the_function_reaches_a_few(string name)
    {
        var over = Make(Calls[name]);
        Apply(over, Enumerable.Range(0, Large).Select(i => (0L, (long)i, i % 7L, 1L)));

        var before = over.RowsRead;
        var output = Apply(over, [(0, Large / 2, 3, 1)]);

        Assert.InRange(output.Count, 1, 20);
        Assert.InRange(over.RowsRead - before, 1, 100);
    }

    [Theory]
    [InlineData("sum of all rows up to this one")]
    [InlineData("dense rank")]
    public void A_late_row_costs_those_behind_it(string name)
    {
        var over = Make(Calls[name]);
        Apply(over, Enumerable.Range(0, Large).Select(i => (0L, (long)i, i % 7L, 1L)));

        var before = over.RowsRead;
        Apply(over, [(0, Large - 100, 3, 1)]);

        Assert.InRange(over.RowsRead - before, 100, 300);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Changes_one_by_one_come_to_what_all_rows_at_once_do(string name)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var over = Make(CallsOf(name, seed));
            var rows = new Dictionary<(long, long, long), long>();
            var results = new Dictionary<string, long>();
            var stored = new Dictionary<string, byte[]>();
            for (var batch = 0; batch < 12; batch++)
            {
                var changes = new List<(long, long, long, long)>();
                for (var i = random.Next(1, 5); i > 0; i--)
                {
                    // A row may be taken away before it comes.
                    var (row, weight) = rows.Count > 0 && random.Next(3) == 0
                        ? (rows.Keys.ElementAt(random.Next(rows.Count)), -1L)
                        : ((random.Next(2), random.Next(8), random.Next(4)), random.Next(12) == 0 ? -1L : random.Next(1, 3));
                    rows[row] = rows.GetValueOrDefault(row) + weight;
                    changes.Add((row.Item1, row.Item2, row.Item3, weight));
                }

                Sum(results, Apply(over, changes));
                if (random.Next(4) == 0)
                    over = Restarted(over, Make(CallsOf(name, seed)), stored);
            }

            var expected = new Dictionary<string, long>();
            Sum(expected, Apply(Make(CallsOf(name, seed)), rows.Where(r => r.Value != 0).Select(r => (r.Key.Item1, r.Key.Item2, r.Key.Item3, r.Value))));
            Assert.Equal(expected.OrderBy(r => r.Key, StringComparer.Ordinal), results.OrderBy(r => r.Key, StringComparer.Ordinal));
        }
    }

    private static OverInput[] CallsOf(string name, int seed) => [Calls[name], Calls[Calls.Keys.ElementAt(new Random(seed).Next(Calls.Count))]];

    private static OverInput Aggregate(AggregateKind kind, Frame frame, bool isDistinct = false) =>
        new(OverFunction.Aggregate, new AggregateCall(kind, new ColumnScalar(2, "v", SqlType.BigInt), isDistinct, SqlType.BigInt, "f(v)"), 2, 0, -1, frame);

    private static OverInput Of(OverFunction function, long offset = 0) => new(function, null, 2, offset, -1, default);

    private static OverOperator Make(params OverInput[] calls) =>
        new(Types, [.. Types, .. calls.Select(_ => SqlType.BigInt)], [0], [new SortColumn(1, false, true)], [new SortColumn(2, false, true)], calls);

    private static Delta Apply(OverOperator over, IEnumerable<(long Partition, long Time, long Value, long Weight)> rows)
    {
        var delta = new Delta(Types);
        foreach (var (partition, time, value, weight) in rows)
        {
            ((Column<long?>)delta.Columns[0]).Append(partition);
            ((Column<long?>)delta.Columns[1]).Append(time);
            ((Column<long?>)delta.Columns[2]).Append(value);
            delta.Add(weight);
        }

        var output = new Delta(over.Types);
        over.Apply(0, over.Group(0, delta), output, new RowFailures());
        return output;
    }

    /// <summary>Another operator with the state of one, as it is after a restart.</summary>
    private static OverOperator Restarted(OverOperator over, OverOperator next, Dictionary<string, byte[]> stored)
    {
        over.State.TakeChanged(new StateWriter(), (key, state) => stored[Convert.ToHexString(key)] = state.ToArray());
        foreach (var (key, state) in stored.Where(s => s.Value.Length > 0))
            next.State.Load(Convert.FromHexString(key), state);
        return next;
    }

    private static void Sum(Dictionary<string, long> sums, Delta delta)
    {
        for (var row = 0; row < delta.Count; row++)
        {
            var text = string.Join(" | ", delta.Columns.Select(c => RowFailures.Text(c.Box(row))));
            if ((sums[text] = sums.GetValueOrDefault(text) + delta.Weights[row]) == 0)
                sums.Remove(text);
        }
    }
}
