using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Npgsql;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Testing;
using Serverless.TestServers;
using Spectre.Console;

namespace Serverless.Benchmarks;

/// <summary>
/// The recharge job into real servers that make every commit durable: rows a second as the sink writes them beside one statement a row, and events a
/// second of the whole job beside a consumer that adds each event to its row. Both on one connection, in turns.
/// </summary>
internal static class SinkBenchmark
{
    private const string Database = "benchmark";
    private const int Rounds = 3;
    private const int Rows = 50_000;
    private const int RowsOneByOne = 4_000;
    private const int Events = 200_000;
    private const int EventsOneByOne = 4_000;
    private const int BatchSize = 10_000;

    private const string PostgreSqlTable =
        "CREATE TABLE consume (appkey text, serverid text, servertime text, roleid text, amount double precision, dt text, PRIMARY KEY (appkey, dt))";

    private const string MySqlTable =
        "CREATE TABLE consume (appkey varchar(100), serverid varchar(100), servertime varchar(100), roleid varchar(100), amount double, dt varchar(10), PRIMARY KEY (appkey, dt)) COLLATE utf8mb4_nopad_bin";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var table = new Table().AddColumns("server", "rows/s, sink", "rows/s, one by one", "ratio", "events/s, job", "events/s, one by one", "ratio");
        await using var postgreSql = await PostgreSqlServer.StartAsync(["fsync=on"], cancellationToken);
        await postgreSql.CreateDatabaseAsync(Database, cancellationToken);
        await MeasureAsync(
            table, "PostgreSQL", Job($"'connector' = 'jdbc', 'url' = 'jdbc:postgresql://{TestServer.Host}:{postgreSql.Port}/{Database}', 'username' = '{PostgreSqlServer.Username}'"), PostgreSqlServer.Password,
            sql => postgreSql.ExecuteAsync(Database, sql, cancellationToken), PostgreSqlTable, () => new NpgsqlConnection(postgreSql.ConnectionString(Database)), cancellationToken);
        await using var mariaDb = await MariaDbServer.StartAsync(["innodb-flush-log-at-trx-commit=1"], cancellationToken);
        await mariaDb.CreateDatabaseAsync(Database, cancellationToken);
        await MeasureAsync(
            table, "MariaDB", Job($"'connector' = 'jdbc', 'url' = 'jdbc:mysql://{TestServer.Host}:{mariaDb.Port}/{Database}', 'username' = '{MariaDbServer.Username}'"), MariaDbServer.Password,
            sql => mariaDb.ExecuteAsync(Database, sql, cancellationToken), MySqlTable, () => new MySqlConnection(mariaDb.ConnectionString(Database)), cancellationToken);
        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"median of {Rounds} rounds; {Rows:N0} rows twice (inserted, then updated) beside {RowsOneByOne:N0}; {Events:N0} events of 3,000 groups in batches of {BatchSize:N0}, each batch's rows written before the next, beside {EventsOneByOne:N0}; {MaxRows} rows a statement"));
        return 0;
    }

    // The default of 'sink.buffer-flush.max-rows' of a jdbc table.
    private const int MaxRows = 100;

    private static async Task MeasureAsync(
        Table table, string name, CompiledJob job, string password, Func<string, Task> execute, string create, Func<DbConnection> connect, CancellationToken cancellationToken)
    {
        var rounds = new List<(double Rows, double RowsOneByOne, double Events, double EventsOneByOne)>();
        for (var round = 0; round <= Rounds; round++)
        {
            async Task<double> Rate(int count, Func<Task<TimeSpan>> run)
            {
                await execute("DROP TABLE IF EXISTS consume");
                await execute(create);
                return count / (await run()).TotalSeconds;
            }

            (double, double, double, double) rates = (
                await Rate(2 * Rows, () => WriteAsync(job, password, Rows, 10_000, cancellationToken)),
                await Rate(2 * RowsOneByOne, () => WriteAsync(job, password, RowsOneByOne, 1, cancellationToken)),
                await Rate(Events, () => ProcessAsync(job, password, cancellationToken)),
                await Rate(EventsOneByOne, async () =>
                {
                    await using var connection = connect();
                    return await NaiveConsumer.RunAsync(connection, GeneratedEvents.Recharge(EventsOneByOne, 1000), cancellationToken);
                }));
            if (round > 0) // the first one warms up
                rounds.Add(rates);
        }
        table.AddRow(
            name, Rate(rounds.Select(r => r.Rows)), Rate(rounds.Select(r => r.RowsOneByOne)), Ratio(rounds.Select(r => r.Rows / r.RowsOneByOne)),
            Rate(rounds.Select(r => r.Events)), Rate(rounds.Select(r => r.EventsOneByOne)), Ratio(rounds.Select(r => r.Events / r.EventsOneByOne)));
    }

    /// <summary>Writes rows, all of them twice, so many a call.</summary>
    private static async Task<TimeSpan> WriteAsync(CompiledJob job, string password, int count, int atOnce, CancellationToken cancellationToken)
    {
        await using var sink = await OpenAsync(job, password, cancellationToken);
        var rows = Enumerable.Range(0, count)
            .Select(i => new RowChange($"a{i}|2026-01-01", default, false, [$"appkey{i}", "12", "2026-01-01 10:00:00", $"roleid{i}", i / 10.0, "2026-01-01"]))
            .Chunk(atOnce).ToList();
        var watch = Stopwatch.StartNew();
        for (var time = 0; time < 2; time++)
            foreach (var some in rows)
                await WriteAsync(sink, some, cancellationToken);
        return watch.Elapsed;
    }

    /// <summary>Runs the job over all events, writing the rows of each batch before the next.</summary>
    private static async Task<TimeSpan> ProcessAsync(CompiledJob job, string password, CancellationToken cancellationToken)
    {
        await using var sink = await OpenAsync(job, password, cancellationToken);
        var batches = GeneratedEvents.Recharge(Events, 1000).Select((value, i) => new Engine.Ingest.Record(0, i, 0, value)).Chunk(BatchSize).ToList();
        var run = new EngineRun(job);
        var watch = Stopwatch.StartNew();
        foreach (var batch in batches)
        {
            run.Process(batch);
            await WriteAsync(sink, run.Take(), cancellationToken);
        }
        return watch.Elapsed;
    }

    private static async Task WriteAsync(ISink sink, IReadOnlyList<RowChange> rows, CancellationToken cancellationToken)
    {
        foreach (var some in rows.Chunk(sink.MaxRows))
            if (await sink.WriteAsync(some, cancellationToken) is { Count: > 0 } refused)
                throw new InvalidOperationException(refused[0].Reason);
    }

    private static async Task<ISink> OpenAsync(CompiledJob job, string password, CancellationToken cancellationToken)
    {
        var sink = new ConnectorFactory(_ => password, NullLoggerFactory.Instance).CreateSink(job.Job.Sink);
        await sink.OpenAsync(cancellationToken);
        return sink;
    }

    private static CompiledJob Job(string options)
    {
        var script = ScriptCompiler.Compile(
            new SourceText("benchmark.sql", $$"""
                CREATE TABLE source (appkey STRING, servertime STRING, consumenum DOUBLE, roleid STRING, serverid STRING)
                WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
                CREATE TABLE consume (appkey STRING, serverid STRING, servertime STRING, roleid STRING, amount DOUBLE, dt STRING, PRIMARY KEY (appkey, dt) NOT ENFORCED)
                WITH ({{options}}, 'password' = '${PASSWORD}', 'table-name' = 'consume');
                INSERT INTO consume SELECT appkey, LAST_VALUE(serverid), LAST_VALUE(servertime), LAST_VALUE(roleid), SUM(consumenum), SUBSTRING(servertime, 1, 10)
                FROM source GROUP BY appkey, SUBSTRING(servertime, 1, 10);
                """),
            new ConnectorCatalog());
        return script.HasErrors ? throw new InvalidOperationException(string.Join('\n', script.Diagnostics)) : new CompiledJob(script.Jobs.Single());
    }

    private static string Rate(IEnumerable<double> rates) => Median(rates).ToString("N0", CultureInfo.InvariantCulture);

    private static string Ratio(IEnumerable<double> ratios) => Median(ratios).ToString("0.0", CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
