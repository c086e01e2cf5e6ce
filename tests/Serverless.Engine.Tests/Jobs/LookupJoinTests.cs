using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.Engine.Tests.Jobs;

/// <summary>How a table is asked for rows, and what becomes of records if it cannot be.</summary>
public sealed class LookupJoinTests
{
    private const string Tables = """
        CREATE TABLE orders (id INT, customer INT, pt AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'topic', 'format' = 'json');
        CREATE TABLE customers (id INT, name STRING, city STRING) WITH ('connector' = 'jdbc');
        CREATE TABLE r (name STRING, c BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'mysql', 'table-name' = 'r');
        """;

    private const string Counted =
        "INSERT INTO r SELECT c.name, COUNT(*) FROM orders AS o JOIN customers FOR SYSTEM_TIME AS OF o.pt AS c ON o.customer = c.id GROUP BY c.name;";

    private readonly List<DataflowLookup> _lookups = [];
    private TestLookup? _table;

    [Fact]
    public void A_batch_asks_once_for_each_key_that_it_needs_and_for_the_columns_that_the_query_names()
    {
        var harness = Harness(Counted);
        harness.Process(Records(0, 7, 8, 7, null, 9));
        harness.Process(Records(5, 7));
        Assert.Equal(["7; 8; 9", "7"], _table!.Asked);
        Assert.Equal([0], _lookups[0].Keys);
        Assert.Equal([1], _lookups[0].Columns);
        Assert.Equal(["Ann | 3", "Bob | 1"], harness.Rows);
    }

    [Fact]
    public void A_table_that_is_away_leaves_the_batch_to_be_applied_again_with_nothing_lost_or_counted_twice()
    {
        var harness = Harness(Counted);
        harness.Process(Records(0, 7));
        _table!.Away = new TimeoutException();
        for (var i = 0; i < 3; i++)
            Assert.Throws<TimeoutException>(() => harness.Process(Records(0, 7, 7, 8)));
        _table.Away = null;
        harness.Process(Records(0, 7, 7, 8));
        harness.Process(Records(1, 7, 8));
        Assert.Equal(["Ann | 2", "Bob | 1"], harness.Rows);
        Assert.Equal(3, harness.Duplicates);
    }

    [Fact]
    public void A_record_is_a_dead_letter_if_its_key_cannot_be_looked_up_and_the_others_go_on()
    {
        var harness = Harness(Counted);
        _table!.Failing["8"] = "column 'name' is no text";
        harness.Process(Records(0, 7, 8));
        Assert.Equal(["Ann | 1"], harness.Rows);
        Assert.Equal("column 'name' is no text", harness.DeadLetters["0@1"]);
    }

    [Fact]
    public void What_was_found_stays_with_a_record_whatever_the_table_says_later()
    {
        var rows = new List<string> { """{"id":7,"name":"Ann"}""" };
        var harness = new JobHarness(JobHarness.Compile(Tables + Counted), lookups: lookup => new TestLookup(lookup, rows));
        harness.Process(Records(0, 7));
        rows[0] = """{"id":7,"name":"Eve"}""";
        harness.Restart();
        harness.Process(Records(0, 7, 7));
        Assert.Equal(["Ann | 1", "Eve | 1"], harness.Rows);
    }

    [Fact]
    public void A_plan_says_what_is_looked_up()
    {
        var job = JobHarness.Compile(Tables + Counted);
        var plan = Plan.Of(job);
        Assert.Contains(("looked up", "customers (jdbc): a row keeps what was found when its record was read"), plan);
        Assert.Contains("Lookup join customers on customer = id: name STRING", plan.Single(l => l.Label == "plan").Text, StringComparison.Ordinal);
        Assert.Equal(["orders"], job.Sources.Select(s => s.Name));
    }

    private static List<Record> Records(long first, params int?[] customers) =>
        [.. customers.Select((c, i) => new Record(0, first + i, first + i, Encoding.UTF8.GetBytes($$"""{"id":{{i}},"customer":{{c?.ToString() ?? "null"}}}""")))];

    private JobHarness Harness(string insert) => new(JobHarness.Compile(Tables + insert), lookups: lookup =>
    {
        _lookups.Add(lookup);
        return _table = new TestLookup(lookup, ["""{"id":7,"name":"Ann"}""", """{"id":8,"name":"Bob"}"""]);
    });
}
