namespace Serverless.Engine.Tests.Sql;

/// <summary>How plans read.</summary>
public sealed class PlanTextTests
{
    private const string Source = "CREATE TABLE o (shop STRING, price INT, rebate INT) WITH ('connector' = 'kafka', 'topic' = 'o', 'format' = 'json');\n";

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
