using System.Text.Json;
using Serverless.Connectors.Kafka;

namespace Serverless.Local.Tests;

/// <summary><c>query</c>, <c>show</c> and <c>dead-letters</c> on the state folder of a run.</summary>
public sealed class QueryTests : IDisposable
{
    private const string Sql = """
        CREATE TABLE orders (shop STRING, price DECIMAL(10, 2)) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '${BROKERS}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE sales (shop STRING, orders BIGINT, revenue DECIMAL(38, 2), PRIMARY KEY (shop) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://db/shop', 'table-name' = 'sales', 'username' = 'u', 'password' = '${PASSWORD}');
        INSERT INTO sales SELECT shop, COUNT(*), SUM(price) FROM orders GROUP BY shop;
        """;

    private const string Lines = """
        {"shop":"north","price":4.50}
        {"shop":"south\u001b[31m","price":1}
        {"shop":"north","price":"cheap\u001b[31m"}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_query_reads_the_tables_of_a_run_as_text_and_as_json()
    {
        await RunAsync();
        Assert.Equal(new CliResult(0, "shop | revenue\nnorth | 4.50\nsouth\\u001b[31m | 1.00\n", ""), await AskAsync("query", "SELECT shop, revenue FROM sales ORDER BY shop"));
        var json = await AskAsync("query", "SELECT s.orders, s.shop, t.shop FROM sales s JOIN sales t USING (shop) WHERE shop = 'north'", "--json");
        Assert.Equal("""{"row":{"orders":1,"shop":"north","shop_2":"north"}}""" + "\n", json.Output);
    }

    [Theory]
    [InlineData("DELETE FROM sales", "a query only reads: write a SELECT")]
    [InlineData("ATTACH 'other.db' AS o", "a query only reads: write a SELECT")]
    [InlineData("VACUUM INTO 'copy.db'", "a query only reads: write a SELECT")]
    [InlineData("SELECT 1; SELECT 2", "these are several statements: ask one at a time")]
    [InlineData(" -- nothing", "the query is empty: write it as query \"SELECT …\"")]
    [InlineData("SELEC 1", "the query is wrong: near \"SELEC\": syntax error")]
    [InlineData("SELECT * FROM sale", "there is no table 'sale' in '(file)'; did you mean 'sales'?")]
    public async Task A_query_is_one_statement_that_reads(string sql, string error)
    {
        await RunAsync();
        Assert.Equal(new CliResult(2, "", $"error: {error.Replace("(file)", Path.Combine(_folder["state"], "results.db"), StringComparison.Ordinal)}\n"), await AskAsync("query", sql));
    }

    [Fact]
    public async Task Of_many_rows_the_first_are_printed_and_that_there_are_more()
    {
        await RunAsync();
        var result = await AskAsync("query", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", "--limit", "2");
        Assert.Equal(new CliResult(0, "i\n1\n2\n", "There are more than 2 rows: --limit shows more\n"), result);
    }

    [Fact]
    public async Task Show_prints_a_table_in_the_order_of_its_key_and_without_one_the_tables()
    {
        await RunAsync();
        Assert.Equal("shop | orders | revenue\nnorth | 1 | 4.50\nsouth\\u001b[31m | 1 | 1.00\n", (await AskAsync("show", "SALES")).Output);
        Assert.Equal("table\ndead_letters\nsales\n", (await AskAsync("show")).Output);
        Assert.Equal(2, (await AskAsync("show", "nothing")).ExitCode);
    }

    [Fact]
    public async Task Without_a_results_file_it_is_said_what_makes_one() =>
        Assert.Equal(
            new CliResult(2, "", $"error: there is no '{Path.Combine(_folder["state"], "results.db")}': a run with --embedded or --embedded-sinks makes it; name its folder with --state\n"),
            await AskAsync("show"));

    [Fact]
    public async Task Dead_letters_are_listed_and_shown_with_what_a_terminal_would_obey_written_out()
    {
        await RunAsync();
        var list = await AskAsync("dead-letters", "list");
        Assert.Matches(@"^sales/orders/\d/\d: field 'price' cannot be DECIMAL\(10, 2\): 'cheap\\u001b\[31m'\n$", list.Output);
        var id = list.Output.Split(':')[0];
        Assert.EndsWith("value   {\"shop\":\"north\",\"price\":\"cheap\\u001b[31m\"}\n", (await AskAsync("dead-letters", "show", id)).Output, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await AskAsync("dead-letters", "list", "--job", "sales", "--json")).Output).RootElement;
        Assert.Equal((id, "sales", "orders"), (json.GetProperty("id").GetString(), json.GetProperty("job").GetString(), json.GetProperty("topic").GetString()));
        Assert.Equal("", (await AskAsync("dead-letters", "list", "--job", "other")).Output);
    }

    [Fact]
    public async Task Records_of_an_embedded_broker_cannot_be_sent_again_and_that_is_said()
    {
        var script = await RunAsync();
        var result = await AskAsync("dead-letters", "replay", script);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("a broker that ended with its run", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_sends_records_to_their_topic_again_and_takes_their_letters_away()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("orders", 1);
        var script = _folder.Write("sales.sql", Sql);
        Assert.Equal(0, (await Cli.RunAsync("produce", "orders", _folder.Write("lines.jsonl", Lines), "--brokers", broker.BootstrapServers)).ExitCode);
        string[] run = ["run", script, "--embedded-sinks", "--until-idle", "--state", _folder["state"]];
        Assert.Equal(0, (await RunAtAsync(broker, run)).ExitCode);

        var replayed = await RunAtAsync(broker, "dead-letters", "replay", script, "--state", _folder["state"]);

        Assert.Equal(new CliResult(0, "1 record sent to orders\n", ""), replayed);
        Assert.Empty(Results.Query(_folder["state"], "SELECT id FROM dead_letters"));
        Assert.Equal(3, (await RunAtAsync(broker, run)).ExitCode);
        Assert.Equal(["sales/orders/0/3"], Results.Query(_folder["state"], "SELECT id FROM dead_letters"));
    }

    [Fact]
    public async Task A_record_that_another_job_has_counted_is_not_sent_again()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("orders", 1);
        var script = _folder.Write("sales.sql", Sql);
        var other = _folder.Write("shops.sql", Sql.Replace("price DECIMAL(10, 2)", "price STRING", StringComparison.Ordinal).Replace("SUM(price)", "1", StringComparison.Ordinal).Replace("sales", "shops", StringComparison.Ordinal));
        Assert.Equal(0, (await Cli.RunAsync("produce", "orders", _folder.Write("lines.jsonl", Lines), "--brokers", broker.BootstrapServers)).ExitCode);
        Assert.Equal(0, (await RunAtAsync(broker, "run", script, "--embedded-sinks", "--until-idle", "--state", _folder["state"])).ExitCode);

        var replayed = await RunAtAsync(broker, "dead-letters", "replay", script, other, "--state", _folder["state"]);

        Assert.Equal(new CliResult(2, "", "error: job 'shops' reads topic 'orders' too and has not set partition 0, offset 2 aside: it would count the record twice\n"), replayed);
        Assert.Single(Results.Query(_folder["state"], "SELECT id FROM dead_letters"));
    }

    private Task<CliResult> AskAsync(params string[] args) => Cli.RunAsync([.. args, "--state", _folder["state"]]);

    private static Task<CliResult> RunAtAsync(EmbeddedBroker broker, params string[] args) =>
        Cli.RunAsync(args, name => name == "BROKERS" ? broker.BootstrapServers : null, "", TestContext.Current.CancellationToken);

    private async Task<string> RunAsync()
    {
        var script = _folder.Write("sales.sql", Sql);
        var result = await Cli.RunAsync("run", script, "--embedded", "--feed", $"orders={_folder.Write("lines.jsonl", Lines)}", "--until-idle", "--state", _folder["state"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return script;
    }
}
