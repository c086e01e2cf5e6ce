using System.Globalization;
using Serverless.Connectors;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

/// <summary>Jobs that look rows up in a database's table.</summary>
public sealed class LookupRunTests(PostgreSqlFixture servers) : IDisposable
{
    private const string Script = """
        CREATE TABLE orders (customer INT, amount INT, pt AS PROCTIME()) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE customers (id BIGINT, name STRING) WITH
            ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://${HOST}/${DB}', 'table-name' = 'customers', 'username' = '${USER}', 'password' = '${PW}', 'lookup.cache' = 'PARTIAL');
        CREATE TABLE totals (name STRING, total BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH
            ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://${HOST}/${DB}', 'table-name' = 'totals', 'username' = '${USER}', 'password' = '${PW}');
        INSERT INTO totals SELECT c.name, SUM(CAST(o.amount AS BIGINT)) FROM orders AS o JOIN customers FOR SYSTEM_TIME AS OF o.pt AS c ON o.customer = c.id GROUP BY c.name;
        """;

    private readonly TempFolder _folder = new();
    private readonly MemoryTable _table = new();
    private readonly MemoryLetters _letters = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_that_is_away_makes_records_wait_and_nothing_is_lost_or_counted_twice()
    {
        var topic = Topic(200);
        var random = new Random(7);
        var failures = 0;
        var job = new RunningJob(_folder.Path, RunningJob.CompileText(Script), topic, _table, _letters)
        {
            Lookup = new MemoryLookup(new Dictionary<long, string> { [0] = "Ann", [1] = "Bob" })
            {
                BeforeAnswer = () =>
                {
                    if (random.Next(2) == 0 && ++failures > 0)
                        throw new SinkUnavailableException("away");
                },
            },
        };

        await job.RunUntilIdleAsync();

        Assert.Equal(["Ann | 67", "Bob | 67"], _table.Lines);
        Assert.True(failures > 0);
        Assert.Empty(_letters.Letters);
        Assert.Equal(topic.Partitions.Select(p => (long)p.Count), topic.Committed);
    }

    [Fact]
    public async Task Records_that_wait_when_a_job_is_stopped_are_read_again_at_its_next_start()
    {
        var topic = Topic(200);
        var lookup = new MemoryLookup(new Dictionary<long, string> { [0] = "Ann", [1] = "Bob" }) { BeforeAnswer = () => throw new SinkUnavailableException("table 'customers': away") };
        var job = new RunningJob(_folder.Path, RunningJob.CompileText(Script), topic, _table, _letters) { Lookup = lookup };

        await job.RunUntilAsync(p => p.Sink.IsUp is false);
        Assert.Equal("table 'customers': away", job.Progress!.Sink.Message);
        Assert.All(topic.Committed, c => Assert.Equal(0, c));
        lookup.BeforeAnswer = () => { };
        await new RunningJob(_folder.Path, RunningJob.CompileText(Script), topic, _table, _letters) { Lookup = lookup }.RunUntilIdleAsync();

        Assert.Equal(["Ann | 67", "Bob | 67"], _table.Lines);
        Assert.Empty(_letters.Letters);
    }

    [Fact]
    public async Task A_run_looks_rows_up_in_PostgreSQL_and_writes_to_it_and_a_table_that_is_not_there_ends_it_at_its_start()
    {
        var stop = TestContext.Current.CancellationToken;
        var (server, database) = await servers.DatabaseAsync(stop);
        string? Get(string name) => name switch
        {
            "HOST" => string.Create(CultureInfo.InvariantCulture, $"{TestServer.Host}:{server.Port}"),
            "DB" => database,
            "USER" => PostgreSqlServer.Username,
            "PW" => PostgreSqlServer.Password,
            _ => null,
        };
        var script = _folder.Write("totals.sql", Script);
        var events = _folder.Write("orders.jsonl", """
            {"customer":7,"amount":10}
            {"customer":8,"amount":20}
            {"customer":7,"amount":5}
            {"amount":1}
            {"customer":9,"amount":2}
            """);
        Task<CliResult> RunAsync() => Cli.RunAsync(
            ["run", script, "--embedded-broker", "--create-tables", "--feed", $"orders={events}", "--until-idle", "--state", _folder["state"]], Get, "", stop);

        var missing = await RunAsync();
        await server.ExecuteAsync(database, "CREATE TABLE customers (id integer PRIMARY KEY, name text); INSERT INTO customers VALUES (7, 'Ann'), (8, 'Bob')", stop);
        var run = await RunAsync();

        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("totals.sql:2:14: error: there is no table 'customers' in the database, or the user may not see it", missing.Error, StringComparison.Ordinal);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["Ann | 15", "Bob | 20"], await server.QueryAsync(database, "SELECT name, total FROM totals ORDER BY name", stop));
    }

    private static MemoryTopic Topic(int records)
    {
        var topic = new MemoryTopic(3);
        for (var i = 0; i < records; i++)
            topic.Add(i % 2, string.Create(CultureInfo.InvariantCulture, $$"""{"customer":{{i % 3}},"amount":1}"""));
        return topic;
    }
}
