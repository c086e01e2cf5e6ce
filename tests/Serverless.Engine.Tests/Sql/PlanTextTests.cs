namespace Serverless.Engine.Tests.Sql;

/// <summary>How plans read.</summary>
public sealed class PlanTextTests
{
    private const string Source = "CREATE TABLE o (shop STRING, price INT, rebate INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'format' = 'json');\n";

    [Theory]
    [InlineData(
        "SELECT c.region, COUNT(*) FROM o JOIN c ON o.shop = c.id GROUP BY c.region",
        """
        stage 1  Join in 16 cells, exchange hash[shop = id] from o and c
        stage 2  Aggregate in 16 cells, exchange hash[c.region] from stage 1
        outbox   in 8 parts, exchange hash[region] from stage 2
        """,
        """
        a batch of 1,000 records of o: 16 to stage 1, 256 to stage 2, 128 to the outbox: 400 if it touches every cell, however many rows
        a batch of 1,000 records of c: 16 to stage 1, 256 to stage 2, 128 to the outbox: 400 if it touches every cell, however many rows
        """)]
    [InlineData(
        "SELECT n.region, COUNT(*) FROM (SELECT shop, PROCTIME() AS pt FROM o) AS o JOIN names FOR SYSTEM_TIME AS OF o.pt AS n ON o.shop = n.shop GROUP BY n.region",
        """
        stage 1  Lookup in 16 cells, exchange hash[record] from o
        stage 2  Aggregate in 16 cells, exchange hash[names.region] from stage 1
        outbox   in 8 parts, exchange hash[region] from stage 2
        """,
        "a batch of 1,000 records of o: 2 to stage 1, 32 to stage 2, 128 to the outbox: 162 if it touches every cell, however many rows")]
    [InlineData(
        "SELECT shop, n FROM (SELECT shop, n, ROW_NUMBER() OVER (ORDER BY n DESC, shop) AS place FROM (SELECT shop, COUNT(*) AS n FROM o GROUP BY shop)) WHERE place <= 3",
        """
        stage 1  Aggregate in 16 cells, exchange hash[o.shop] from o
        stage 2  TopN in one cell, exchange single from stage 1
        outbox   in 8 parts, exchange hash[region] from stage 2
        """,
        "a batch of 1,000 records of o: 16 to stage 1, 16 to stage 2, 8 to the outbox: 40 if it touches every cell, however many rows")]
    public void Where_the_stages_live_and_what_a_batch_costs_is_told(string select, string stages, string messages)
    {
        var plan = Plan.Of(JobHarness.Compile(Source + $"""
            CREATE TABLE c (id STRING, region STRING) WITH ('connector' = 'kafka', 'topic' = 'c', 'format' = 'json');
            CREATE TABLE names (shop STRING, region STRING) WITH ('connector' = 'jdbc');
            CREATE TABLE r (region STRING, n BIGINT, PRIMARY KEY (region) NOT ENFORCED) WITH ('connector' = 'mysql');
            INSERT INTO r {select};
            """));
        Assert.Equal(stages, plan.Single(l => l.Label == "stages").Text);
        Assert.Equal(messages, plan.Single(l => l.Label == "messages").Text);
    }

    [Fact]
    public void A_copy_into_a_table_without_a_key_goes_to_the_outbox_straight_from_where_records_are_read()
    {
        var plan = Plan.Of(JobHarness.Compile(Source + "CREATE TABLE r (shop STRING) WITH ('connector' = 'print'); INSERT INTO r SELECT shop FROM o;"));
        Assert.Equal("outbox  in 8 parts, exchange hash[all columns] from o, straight from where records are read", plan.Single(l => l.Label == "stages").Text);
        Assert.Equal("a batch of 1,000 records of o: 8 to the outbox, however many rows", plan.Single(l => l.Label == "messages").Text);
    }

    [Theory]
    [InlineData("-price", "-price")]
    [InlineData("- (price + rebate)", "-(price + rebate)")]
    [InlineData("- (- price)", "-(-price)")]
    public void A_minus_reads_as_it_is_written_and_the_fingerprint_stays(string expression, string text)
    {
        var one = JobHarness.Compile(Source + $"CREATE TABLE r (shop STRING, total INT, PRIMARY KEY (shop) NOT ENFORCED) WITH ('connector' = 'mysql'); INSERT INTO r SELECT shop, SUM(price) FROM o WHERE {expression} > 1 GROUP BY shop;");
        var several = JobHarness.Compile(Source + $"CREATE TABLE r (price INT) WITH ('connector' = 'print'); INSERT INTO r SELECT {expression} FROM o;");

        Assert.Contains(Plan.Of(one), line => line.Text == $"({text} > 1)");
        Assert.Contains(Plan.Of(several), line => line.Text == text);
        Assert.Equal("NEGATE(price)", JobHarness.Compile(Source + "CREATE TABLE r (shop STRING, total INT, PRIMARY KEY (shop) NOT ENFORCED) WITH ('connector' = 'mysql'); INSERT INTO r SELECT shop, SUM(price) FROM o WHERE -price > 1 GROUP BY shop;").Filter!.ToString()![1..14]);
    }
}
