namespace Serverless.Local.Tests;

/// <summary>Topics that jobs write, and other jobs read again.</summary>
public sealed class TopicSinkTests : IDisposable
{
    private const string Orders = "CREATE TABLE orders (shop STRING, price INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');";
    private const string Totals = """
        CREATE TABLE totals (shop STRING, total INT, PRIMARY KEY (shop) NOT ENFORCED)
            WITH ('connector' = 'upsert-kafka', 'topic' = 'totals', 'properties.bootstrap.servers' = 'b:9092', 'key.format' = 'raw', 'value.format' = 'json');
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task What_one_job_aggregates_into_an_upsert_topic_another_reads_from_it_as_a_table()
    {
        var script = _folder.Write("totals.sql", $"""
            {Orders}
            {Totals}
            CREATE TABLE best (what STRING, shops BIGINT, total INT, PRIMARY KEY (what) NOT ENFORCED)
                WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'best', 'username' = 'u', 'password' = 'p');
            INSERT INTO totals SELECT shop, SUM(price) FROM orders GROUP BY shop HAVING SUM(price) <> 0;
            INSERT INTO best SELECT 'all', COUNT(*), SUM(total) FROM totals GROUP BY 'all';
            """);
        var feed = _folder.Write("orders.jsonl", string.Join('\n', Enumerable.Range(0, 294).Select(i => $$"""{"shop":"s{{i % 7}}","price":{{(i % 7 == 3 ? (i / 7 % 2 == 0 ? 5 : -5) : i)}}}""")));

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"orders={feed}");

        Assert.Equal(0, result.ExitCode);
        // The fourth shop's sum is zero in the end, and now and then before: its row is deleted again.
        Assert.Equal([$"all | 6 | {Enumerable.Range(0, 294).Where(i => i % 7 != 3).Sum()}"], Results.Query(_folder["state"], "SELECT what, shops, total FROM best"));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_one_job_writes_as_changes_another_reads_as_the_table_that_they_come_to()
    {
        var script = _folder.Write("totals.sql", $"""
            {Orders}
            CREATE TABLE totals (shop STRING, total INT, PRIMARY KEY (shop) NOT ENFORCED)
                WITH ('connector' = 'kafka', 'topic' = 'totals', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'debezium-json', 'key.format' = 'raw', 'key.fields' = 'shop');
            CREATE TABLE best (what STRING, shops BIGINT, total INT, PRIMARY KEY (what) NOT ENFORCED)
                WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'best', 'username' = 'u', 'password' = 'p');
            INSERT INTO totals SELECT shop, SUM(price) FROM orders GROUP BY shop HAVING SUM(price) <> 0;
            INSERT INTO best SELECT 'all', COUNT(*), SUM(total) FROM totals GROUP BY 'all';
            """);
        var feed = _folder.Write("orders.jsonl", string.Join('\n', Enumerable.Range(0, 294).Select(i => $$"""{"shop":"s{{i % 7}}","price":{{(i % 7 == 3 ? (i / 7 % 2 == 0 ? 5 : -5) : i)}}}""")));

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"orders={feed}");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal([$"all | 6 | {Enumerable.Range(0, 294).Where(i => i % 7 != 3).Sum()}"], Results.Query(_folder["state"], "SELECT what, shops, total FROM best"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Windows_are_appended_to_a_topic_when_the_watermark_passes()
    {
        var script = _folder.Write("minutes.sql", """
            CREATE TABLE orders (shop STRING, t TIMESTAMP(3), price INT, WATERMARK FOR t AS t - INTERVAL '10' SECOND)
                WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE minutes (since TIMESTAMP(3), shop STRING, total INT) WITH ('connector' = 'kafka', 'topic' = 'minutes', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE seen (shop STRING, since TIMESTAMP(3), n BIGINT, largest INT, PRIMARY KEY (shop, since) NOT ENFORCED)
                WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'seen', 'username' = 'u', 'password' = 'p');
            CREATE TABLE counts (shop STRING, n BIGINT, PRIMARY KEY (shop) NOT ENFORCED)
                WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'counts', 'username' = 'u', 'password' = 'p');
            INSERT INTO counts SELECT shop, COUNT(*) FROM orders GROUP BY shop;
            INSERT INTO minutes SELECT window_start, shop, SUM(price) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, shop;
            INSERT INTO seen SELECT shop, since, COUNT(*), MAX(total) FROM minutes GROUP BY shop, since;
            """);
        // Of one shop, by which a job groups: all are in one partition.
        var feed = _folder.Write("orders.jsonl", """
            {"shop":"a","t":"2024-03-05 06:01:10","price":1}
            {"shop":"a","t":"2024-03-05 06:01:50","price":4}
            {"shop":"a","t":"2024-03-05 06:02:10","price":8}
            """);

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"orders={feed}");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["2024-03-05 06:01:00.000 | a | 1 | 5"], Results.Query(_folder["state"], "SELECT since, shop, n, largest FROM seen"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("'topic-pattern' = 'orders-.*'")]
    [InlineData("'topic' = 'orders-eu;orders-us'")]
    public async Task A_table_of_several_topics_tells_which_one_a_record_is_of(string topics)
    {
        var script = _folder.Write("sales.sql", $"""
            CREATE TABLE orders (topic STRING METADATA VIRTUAL, price INT) WITH ('connector' = 'kafka', {topics}, 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE sales (topic STRING, total INT, PRIMARY KEY (topic) NOT ENFORCED)
                WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'sales', 'username' = 'u', 'password' = 'p');
            INSERT INTO sales SELECT topic, SUM(price) FROM orders GROUP BY topic;
            """);
        var eu = _folder.Write("eu.jsonl", """
            {"price":1}
            {"price":2}
            """);
        var us = _folder.Write("us.jsonl", """{"price":40}""");

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"orders-eu={eu}", "--feed", $"orders-us={us}");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["orders-eu | 3", "orders-us | 40"], Results.Query(_folder["state"], "SELECT topic, total FROM sales ORDER BY topic"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Rows_that_change_are_printed_as_they_were_and_as_they_are_if_the_table_has_no_key()
    {
        var script = _folder.Write("print.sql", $"""
            {Orders}
            CREATE TABLE r (shop STRING, place BIGINT) WITH ('connector' = 'print');
            INSERT INTO r SELECT shop, place FROM (SELECT shop, ROW_NUMBER() OVER (ORDER BY total DESC) AS place FROM (SELECT shop, SUM(price) AS total FROM orders GROUP BY shop)) WHERE place <= 2;
            """);
        var feed = _folder.Write("orders.jsonl", """
            {"shop":"a","price":1}
            {"shop":"b","price":2}
            {"shop":"c","price":3}
            """);

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"orders={feed}");

        // However the records come, what is added and not removed again are the rows.
        var rows = new List<string>();
        foreach (var line in result.Output.Split('\n').Where(l => l.Contains('[') && l[0] is '+' or '-'))
            if (line[0] == '+')
                rows.Add(line[2..].Trim());
            else
                Assert.True(rows.Remove(line[2..].Trim()));
        Assert.Equal(["[b, 2]", "[c, 1]"], rows.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Made_up_rows_go_through_a_topic_in_lines_of_csv()
    {
        var script = _folder.Write("rows.sql", """
            CREATE TABLE made (id BIGINT, name STRING) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '500', 'fields.name.length' = '4');
            CREATE TABLE line (id BIGINT, name STRING) WITH ('connector' = 'kafka', 'topic' = 'line', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'csv');
            CREATE TABLE r (k STRING, c BIGINT, total BIGINT, PRIMARY KEY (k) NOT ENFORCED)
                WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/d', 'table-name' = 'r', 'username' = 'u', 'password' = 'p');
            INSERT INTO line SELECT id, name FROM made WHERE id <= 400;
            INSERT INTO r SELECT 'all', COUNT(DISTINCT id), SUM(id) FROM line WHERE CHAR_LENGTH(name) = 4 GROUP BY 'all';
            """);

        var result = await Cli.RunAsync("run", script, "--embedded", "--until-idle", "--state", _folder["state"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["all | 400 | 80200"], Results.Query(_folder["state"], "SELECT k, c, total FROM r"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Printed_rows_that_are_only_added_have_the_sign_of_an_insert()
    {
        var script = _folder.Write("print.sql", """
            CREATE TABLE made (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '2', 'fields.id.kind' = 'sequence', 'fields.id.start' = '7', 'fields.id.end' = '9');
            CREATE TABLE r (id BIGINT) WITH ('connector' = 'print', 'print-identifier' = 'x');
            INSERT INTO r SELECT id FROM made;
            """);

        var result = await Cli.RunAsync("run", script, "--until-idle", "--state", _folder["state"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("x> +I[7]", result.Lines);
        Assert.Contains("x> +I[8]", result.Lines);
    }
}
