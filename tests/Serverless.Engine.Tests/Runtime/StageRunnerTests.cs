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

    [Theory]
    [InlineData("SELECT a.name, COUNT(*) FROM orders JOIN apps FOR SYSTEM_TIME AS OF pt AS a ON orders.app = a.app GROUP BY a.name", "Lookup of 0 and , Aggregate of  and 0, Sink of  and 1")]
    [InlineData("SELECT a.name, amount FROM orders LEFT JOIN apps FOR SYSTEM_TIME AS OF pt AS a ON orders.app = a.app", "Lookup of 0 and , TopN of  and 0, Sink of  and 1")]
    [InlineData("SELECT app, COUNT(*) FROM (SELECT app, amount FROM orders UNION SELECT a.name, amount FROM orders JOIN apps FOR SYSTEM_TIME AS OF pt AS a ON orders.app = a.app) GROUP BY app",
        "Lookup of 0 and , Aggregate of  and 0, Aggregate of  and 1, Sink of  and 2")]
    public void Rows_that_were_looked_up_go_where_their_record_says_before_they_go_where_their_values_say(string select, string expected)
    {
        var plan = new StageRunner(JobHarness.Compile($"""
            CREATE TABLE orders (app STRING, amount INT, pt AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json');
            CREATE TABLE apps (app STRING, name STRING) WITH ('connector' = 'jdbc');
            CREATE TABLE o (name STRING, n BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'mysql');
            INSERT INTO o {select};
            """)).Plan;
        Assert.Equal(expected, string.Join(", ", plan.Stages.Append(plan.Sink).Select(s => $"{s.Operator} of {string.Join('+', s.Sources)} and {string.Join('+', s.Inputs)}")));
    }

    [Fact]
    public async Task A_group_outlives_a_removal_that_comes_before_what_it_removes()
    {
        // Another app's row takes the place of one that has not come yet: as many rows have come as gone, and the group is not empty.
        var runner = new StageRunner(JobHarness.Compile($"""
            {Orders}
            CREATE TABLE sums (half BIGINT, total BIGINT, PRIMARY KEY (half) NOT ENFORCED) WITH ('connector' = 'mysql');
            INSERT INTO sums SELECT MOD(total, 2), CAST(SUM(total) AS BIGINT) FROM (SELECT app, CAST(SUM(amount) AS BIGINT) AS total FROM orders GROUP BY app) AS t GROUP BY MOD(total, 2);
            """));
        var (one, three) = (await TotalAsync(runner, "a", 1), await TotalAsync(runner, "b", 3));
        var states = new Dictionary<string, byte[]>();
        Apply(runner, states, one with { Weight = 1 }, three with { Weight = -1 });
        var made = Apply(runner, states, three with { Weight = 1 });
        var sums = Sums(runner, []);
        Assert.Equal(["1 | 1"], sums.Add(made, "", JobHarness.Now).Answer.Rows.Select(JobHarness.TextOf));
    }

    [Fact]
    public async Task A_row_that_moves_to_another_cell_is_right_whichever_message_comes_first()
    {
        var runner = new StageRunner(JobHarness.Compile(CountsOfSums));
        var states = new Dictionary<string, byte[]>();
        var added = Apply(runner, states, 1, await TotalAsync(runner, "a", 5) with { Weight = 1 });
        var changed = Apply(runner, states, 1, await TotalAsync(runner, "b", 5) with { Weight = 1 });
        foreach (var deltas in (StageRow[][])[[.. added, .. changed], [.. changed, .. added]])
        {
            var sums = Sums(runner, []);
            string[] last = [];
            foreach (var row in deltas)
                last = [.. sums.Add([row], "", JobHarness.Now).Answer.Rows.Select(JobHarness.TextOf)];
            Assert.Equal(["5 | 2"], last);
        }
    }

    [Fact]
    public async Task A_row_that_comes_back_after_a_long_rest_is_written()
    {
        var runner = new StageRunner(JobHarness.Compile(CountsOfSums));
        var states = new Dictionary<string, byte[]>();
        var (a, b) = (await TotalAsync(runner, "a", 5), await TotalAsync(runner, "b", 5));
        var first = Apply(runner, states, a with { Weight = 1 });
        var second = Apply(runner, states, b with { Weight = 1 });
        var third = Apply(runner, states, b with { Weight = -1 });
        var kept = new Dictionary<string, byte[]>();
        var before = Sums(runner, kept);
        before.Add(first, "", JobHarness.Now);
        var later = JobHarness.Now + TimeSpan.FromDays(2);
        Assert.Empty(before.Forget(kept, later));
        var sums = Sums(runner, kept);
        sums.Read(before.Write());

        Assert.Equal(["5 | 2"], sums.Add(second, "", later).Answer.Rows.Select(JobHarness.TextOf));
        Assert.Equal(["5 | 1"], sums.Add(third, "", later).Answer.Rows.Select(JobHarness.TextOf));
    }

    private static SinkSums Sums(StageRunner runner, Dictionary<string, byte[]> kept) => new(runner, kept.GetValueOrDefault, (key, sum) => kept[key] = sum);

    // The row of an app's total on its way to the second stage.
    private static async Task<StageRow> TotalAsync(StageRunner runner, string app, int amount)
    {
        var record = new Record(0, 0, 0, Encoding.UTF8.GetBytes($$"""{"app": "{{app}}", "amount": {{amount}}}"""));
        var rows = await runner.IngestAsync(0, [record], "orders", [], [], TestContext.Current.CancellationToken);
        return Assert.Single(runner.Apply(0, [.. rows.Select(r => r.Row)], _ => null, (_, _) => { })).Row;
    }

    private static List<StageRow> Apply(StageRunner runner, Dictionary<string, byte[]> states, params StageRow[] rows) => Apply(runner, states, 1, rows);

    private static List<StageRow> Apply(StageRunner runner, Dictionary<string, byte[]> states, int stage, params StageRow[] rows) =>
        [.. runner.Apply(stage, rows, key => states.GetValueOrDefault(Convert.ToHexString(key)) is { Length: > 0 } state ? state : null, (key, state) => states[Convert.ToHexString(key)] = state).Select(r => r.Row)];
}
