namespace Serverless.Local.Tests;

public sealed class InitTests : IDisposable
{
    private const string Orders = """
        {"shop":"north","product":"tea","price":4.50,"quantity":2,"ordered":"2026-05-01 09:12:00","paid":true,"to":{"city":"Köln","zip code":50667}}
        {"shop":"south","product":"tea","price":4,"quantity":1,"ordered":"2026-05-01 09:20:30","paid":false,"to":{"city":"Bonn","zip code":53111}}
        {"shop":"north","product":"cup","price":12.00,"quantity":1,"ordered":"2026-05-02 10:02:11.250","paid":true,"to":null,"tags":["a"]}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_draft_names_the_fields_with_their_types_and_counts_and_sums_by_what_repeats()
    {
        var result = await Cli.RunAsync("init", _folder.Write("orders.jsonl", Orders), "--sink", "mysql", "--quiet");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("warning: the field 'tags' is left out: no type reads arrays and empty objects\n", result.Error);
        Assert.Equal(
            """
            -- A draft, made of 3 events: the types, the key and what is computed are guesses.
            CREATE TABLE orders (
              shop STRING,
              product STRING,
              price DECIMAL(18, 2),
              quantity BIGINT,
              ordered TIMESTAMP(3),
              paid BOOLEAN,
              `to` ROW<city STRING, `zip code` BIGINT>
            ) WITH (
              'connector' = 'kafka',
              'topic' = 'orders',
              'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
              'scan.startup.mode' = 'earliest-offset',
              'format' = 'json'
            );

            CREATE TABLE orders_by_shop (
              shop STRING,
              event_date DATE,
              events BIGINT,
              total_price DECIMAL(38, 2),
              total_quantity BIGINT,
              distinct_product BIGINT,
              PRIMARY KEY (shop, event_date) NOT ENFORCED
            ) WITH (
              'connector' = 'jdbc',
              'url' = 'jdbc:mysql://${MYSQL_HOST}/${MYSQL_DATABASE}',
              'table-name' = 'orders_by_shop',
              'username' = '${MYSQL_USERNAME}',
              'password' = '${MYSQL_PASSWORD}'
            );

            INSERT INTO orders_by_shop
            SELECT
              shop,
              CAST(ordered AS DATE),
              COUNT(*),
              SUM(price),
              SUM(quantity),
              COUNT(DISTINCT product)
            FROM orders
            GROUP BY shop, CAST(ordered AS DATE);

            """.ReplaceLineEndings("\n"), result.Output);
    }

    [Theory]
    [InlineData("hologres")]
    [InlineData("mysql")]
    [InlineData("postgresql")]
    [InlineData("print")]
    public async Task What_it_prints_passes_check_and_runs_on_the_sample(string sink)
    {
        var sample = _folder.Write("orders.jsonl", Orders);
        var script = _folder.Write("orders.sql", (await Cli.RunAsync("init", sample, "--sink", sink)).Output);
        Assert.Equal(new CliResult(0, $"{script}: ok (orders)\n", ""), await Cli.RunAsync("check", script));
        var run = await Cli.RunAsync("run", script, "--embedded", "--feed", $"orders={sample}", "--until-idle", "--state", _folder["state"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("3 rows written, 0 dead letters", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"a","at":"2026-05-01T09:12:00Z","x":1.5e3}""", "`at` TIMESTAMP_LTZ(3)|x DOUBLE|'json.timestamp-format.standard' = 'ISO-8601'")]
    [InlineData("""{"id":"a","at":"2026-05-01T09:12:00.5","big":12345678901234567890}""", "`at` TIMESTAMP(3)|big DECIMAL(38, 0)|'ISO-8601'")]
    [InlineData("""{"id":"a","day":"2026-05-01","clock":"09:12:00","many":0.12345678}""", "`day` DATE|clock TIME|many DOUBLE")]
    [InlineData("""{"user":"a","value":"x","a`b":1,"2nd":true,"x.y":null}""", "`user` STRING|`value` STRING|`a``b` BIGINT|`2nd` BOOLEAN")]
    [InlineData("""{"payload":{"app":"a","n":{"spent":1.5}}}""", "payload ROW<app STRING, n ROW<spent DECIMAL(18, 2)>>|SUM(payload.n.spent)|GROUP BY payload.app")]
    [InlineData("""{"n":7}""", "n BIGINT|GROUP BY n")]
    public async Task Types_and_names_are_as_the_values_need_them_and_the_script_runs(string line, string expected)
    {
        var sample = _folder.Write("in.jsonl", line);
        var draft = await Cli.RunAsync(["init", "--topic", "in"], _ => null, line, TestContext.Current.CancellationToken);
        Assert.All(expected.Split('|'), part => Assert.Contains(part, draft.Output, StringComparison.Ordinal));
        var script = _folder.Write("in.sql", draft.Output);
        var run = await Cli.RunAsync("run", script, "--embedded", "--feed", $"in={sample}", "--until-idle", "--state", _folder["state"]);
        Assert.True(run.ExitCode == 0, draft.Output + run.Error);
        Assert.Contains("1 row written, 0 dead letters", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing\n[1]\n", "the standard input has no JSON object")]
    [InlineData("""{"x":1.5}""", "the events have no field to group by")]
    public async Task A_sample_that_says_too_little_is_refused(string lines, string error)
    {
        var result = await Cli.RunAsync(["init"], _ => null, lines, TestContext.Current.CancellationToken);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }
}
