using Serverless.Engine.Operators;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Operators;

/// <summary>What a change of one side costs, and that changes one by one come to what all rows at once do.</summary>
public sealed class VersionedJoinOperatorTests
{
    private const int Large = 10_000;

    private static readonly SqlType[] Types = [SqlType.BigInt, SqlType.Timestamp(), SqlType.BigInt];

    [Fact]
    public void A_row_of_a_key_with_ten_thousand_others_puts_out_one()
    {
        var join = Make();
        Apply(join, 0, Enumerable.Range(0, Large).Select(i => (0L, i, 1L, 1L)));
        Apply(join, 1, [(0, 5, 7, 1)]);

        Assert.Equal(1, Apply(join, 0, [(0, 100, 2, 1)]).Count);
    }

    [Fact]
    public void A_version_between_two_others_puts_out_the_rows_between_them()
    {
        var join = Make();
        Apply(join, 1, Enumerable.Range(0, Large / 10).Select(i => (0L, 10 * i, 1L, 1L)));
        Apply(join, 0, Enumerable.Range(0, Large).Select(i => (0L, i, 1L, 1L)));

        Assert.Equal(10, Apply(join, 1, [(0, 5_005, 7, 1)]).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changes_one_by_one_come_to_what_all_rows_at_once_do(bool isOuter)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var join = Make(isOuter);
            Dictionary<(long, int, long), long>[] sides = [[], []];
            var results = new Dictionary<string, long>();
            for (var i = 0; i < 40; i++)
            {
                var input = random.Next(2);
                var side = sides[input];
                // A row may be taken away before it comes.
                var (row, weight) = side.Count > 0 && random.Next(3) == 0 ? (side.Keys.ElementAt(random.Next(side.Count)), -1L)
                    : ((random.Next(2), random.Next(8), random.Next(4)), random.Next(12) == 0 ? -1L : 1L);
                side[row] = side.GetValueOrDefault(row) + weight;
                Sum(results, Apply(join, input, [(row.Item1, row.Item2, row.Item3, weight)]));
            }

            var expected = new Dictionary<string, long>();
            var whole = Make(isOuter);
            for (var input = 0; input < 2; input++)
                Sum(expected, Apply(whole, input, sides[input].Where(r => r.Value != 0).Select(r => (r.Key.Item1, r.Key.Item2, r.Key.Item3, r.Value))));
            Assert.Equal(expected.OrderBy(r => r.Key, StringComparer.Ordinal), results.OrderBy(r => r.Key, StringComparer.Ordinal));
        }
    }

    private static VersionedJoinOperator Make(bool isOuter = false) => new(Types, Types, [0], [0], 1, [1, 2], null, isOuter);

    private static Delta Apply(VersionedJoinOperator join, int input, IEnumerable<(long Key, int Time, long Value, long Weight)> rows)
    {
        var delta = new Delta(Types);
        foreach (var (key, time, value, weight) in rows)
        {
            ((Column<long?>)delta.Columns[0]).Append(key);
            ((Column<DateTime?>)delta.Columns[1]).Append(DateTime.UnixEpoch.AddSeconds(time));
            ((Column<long?>)delta.Columns[2]).Append(value);
            delta.Add(weight);
        }

        var output = new Delta(join.Types);
        join.Apply(input, join.Group(input, delta), output, new RowFailures());
        return Consolidation.Of(output);
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
