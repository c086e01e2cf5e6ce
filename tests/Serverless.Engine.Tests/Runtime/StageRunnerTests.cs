using System.Text;
using Serverless.Engine.Runtime;

namespace Serverless.Engine.Tests.Runtime;

public sealed class StageRunnerTests
{
    private const string Orders = "CREATE TABLE orders (app STRING, amount INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');";

    private const string CountsOfSums = $"""
        {Orders}
        CREATE TABLE counts (total BIGINT, apps BIGINT, PRIMARY KEY (total) NOT ENFORCED) WITH ('connector' = 'mysql');
        INSERT INTO counts SELECT total, COUNT(*) FROM (SELECT app, CAST(SUM(amount) AS BIGINT) AS total FROM orders GROUP BY app) AS t GROUP BY total;
        """;

    [Fact]
    public void A_query_is_cut_in_front_of_every_keyed_operator()
    {
        var plan = new StageRunner(JobHarness.Compile(CountsOfSums)).Plan;
        Assert.Equal(["Aggregate", "Aggregate"], plan.Stages.Select(s => s.Operator));
        Assert.Equal([0], plan.Stages[0].Sources);
        Assert.Equal([0], plan.Stages[1].Inputs);
        Assert.Equal([1], plan.Sink.Inputs);
        Assert.Empty(plan.Sink.Sources);
    }

    [Fact]
    public void A_group_outlives_a_removal_that_comes_before_what_it_removes()
    {
        // Another app's row takes the place of one that has not come yet: as many rows have come as gone, and the group is not empty.
        var runner = new StageRunner(JobHarness.Compile($"""
            {Orders}
            CREATE TABLE sums (half BIGINT, total BIGINT, PRIMARY KEY (half) NOT ENFORCED) WITH ('connector' = 'mysql');
            INSERT INTO sums SELECT MOD(total, 2), CAST(SUM(total) AS BIGINT) FROM (SELECT app, CAST(SUM(amount) AS BIGINT) AS total FROM orders GROUP BY app) AS t GROUP BY MOD(total, 2);
            """));
        var (one, three) = (Total(runner, "a", 1), Total(runner, "b", 3));
        var states = new Dictionary<string, byte[]>();
        Apply(runner, states, one with { Weight = 1 }, three with { Weight = -1 });
        var made = Apply(runner, states, three with { Weight = 1 });
        var sums = new SinkSums(runner);
        Assert.Equal(["1 | 1"], sums.Add(made, "", JobHarness.Now).Answer.Rows.Select(JobHarness.TextOf));
    }

    [Fact]
    public void A_row_that_moves_to_another_cell_is_right_whichever_message_comes_first()
    {
        var runner = new StageRunner(JobHarness.Compile(CountsOfSums));
        var states = new Dictionary<string, byte[]>();
        var added = Apply(runner, states, 1, Total(runner, "a", 5) with { Weight = 1 });
        var changed = Apply(runner, states, 1, Total(runner, "b", 5) with { Weight = 1 });
        foreach (var deltas in (StageRow[][])[[.. added, .. changed], [.. changed, .. added]])
        {
            var sums = new SinkSums(runner);
            string[] last = [];
            foreach (var row in deltas)
                last = [.. sums.Add([row], "", JobHarness.Now).Answer.Rows.Select(JobHarness.TextOf)];
            Assert.Equal(["5 | 2"], last);
        }
    }

    [Fact]
    public void A_row_that_comes_back_after_a_long_rest_is_written()
    {
        var runner = new StageRunner(JobHarness.Compile(CountsOfSums));
        var states = new Dictionary<string, byte[]>();
        var (a, b) = (Total(runner, "a", 5), Total(runner, "b", 5));
        var first = Apply(runner, states, a with { Weight = 1 });
        var second = Apply(runner, states, b with { Weight = 1 });
        var third = Apply(runner, states, b with { Weight = -1 });
        var before = new SinkSums(runner);
        before.Add(first, "", JobHarness.Now);
        var later = JobHarness.Now + TimeSpan.FromDays(2);
        var sums = new SinkSums(runner);
        sums.Read(before.Write(later));

        Assert.Equal(["5 | 2"], sums.Add(second, "", later).Answer.Rows.Select(JobHarness.TextOf));
        Assert.Equal(["5 | 1"], sums.Add(third, "", later).Answer.Rows.Select(JobHarness.TextOf));
    }

    // The row of an app's total on its way to the second stage.
    private static StageRow Total(StageRunner runner, string app, int amount)
    {
        var record = new Record(0, 0, 0, Encoding.UTF8.GetBytes($$"""{"app": "{{app}}", "amount": {{amount}}}"""));
        var rows = runner.Ingest(0, [record], "orders", []);
        return Assert.Single(runner.Apply(0, [.. rows.Select(r => r.Row)], _ => null, (_, _) => { })).Row;
    }

    private static List<StageRow> Apply(StageRunner runner, Dictionary<string, byte[]> states, params StageRow[] rows) => Apply(runner, states, 1, rows);

    private static List<StageRow> Apply(StageRunner runner, Dictionary<string, byte[]> states, int stage, params StageRow[] rows) =>
        [.. runner.Apply(stage, rows, key => states.GetValueOrDefault(Convert.ToHexString(key)) is { Length: > 0 } state ? state : null, (key, state) => states[Convert.ToHexString(key)] = state).Select(r => r.Row)];
}
