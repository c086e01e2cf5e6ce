using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;
using Serverless.DurableRuntime.Host;
using Serverless.TestServers;
using Spectre.Console;

namespace Serverless.Benchmarks;

/// <summary>
/// The app's entities on the Durable Task runtime, Azurite, a broker in memory and PostgreSQL: how long a record takes to its row while nothing else is
/// done, and how long many records take; in cells, and with an entity a group.
/// </summary>
internal static class CellsBenchmark
{
    private const int Partitions = 4;
    private const int Singles = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs it; 1 if a job without a setting has not written 40,000 records of 20,000 groups within two minutes.</summary>
    /// <param name="only">The groups and the records that are measured, without a setting; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<int> RunAsync((int Groups, int Records)? only, CancellationToken cancellationToken)
    {
        await using var storage = await AzuriteServer.StartAsync(isLasting: false, cancellationToken);
        await using var database = await PostgreSqlServer.StartAsync([], cancellationToken);
        var table = new Table().AddColumns("groups", "records", "state.cells", "delay, median", "rows", "time", "records/s");
        var isDone = true;
        foreach (var (groups, records) in only is { } one ? [one] : ((int, int)[])[(50, 200_000), (20_000, 40_000), (20_000, 200_000)])
            foreach (var cells in only is not null || (records > 100_000 && groups > 50) ? (string[])[""] : ["none", ""])
            {
                var (delay, rows, expected, time) = await MeasureAsync(groups, records, cells, storage, database, cancellationToken);
                isDone &= rows == expected || cells == "none" || records > 100_000;
                table.AddRow(Number(groups), Number(records), cells.Length == 0 ? "not set" : cells, $"{Number(delay.TotalSeconds, "F1")} s",
                    rows == expected ? Number(rows) : $"{Number(rows)} of {Number(expected)}", $"{Number(time.TotalSeconds, "F0")} s", rows == expected ? Number(records / time.TotalSeconds) : "");
            }
        AnsiConsole.Write(table);
        Console.WriteLine($"delay: the median of {Singles} records, one after the other; then all records at once, for at most {Limit.TotalMinutes} minutes");
        return isDone ? 0 : 1;
    }

    private static async Task<(TimeSpan Delay, long Rows, long Expected, TimeSpan Time)> MeasureAsync(
        int groups, int records, string cells, AzuriteServer storage, PostgreSqlServer server, CancellationToken cancellationToken)
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("load", Partitions);
        var name = $"load{Guid.NewGuid():N}"[..16];
        await server.CreateDatabaseAsync(name, cancellationToken);
        await server.ExecuteAsync(name, "CREATE TABLE totals (k text PRIMARY KEY, n bigint, s bigint)", cancellationToken);
        Environment.SetEnvironmentVariable("AzureWebJobsStorage", storage.ConnectionString);
        Environment.SetEnvironmentVariable("LOAD_PASSWORD", PostgreSqlServer.Password);
        Environment.SetEnvironmentVariable("AzureFunctionsJobHost__extensions__durableTask__hubName", name);
        var script = Path.Combine(Path.GetTempPath(), $"{name}.sql");
        await File.WriteAllTextAsync(script, Script(cells, broker.BootstrapServers, server.Port, name), cancellationToken);
        try
        {
            await using var host = await RuntimeHost.StartAsync(new HostOptions([script], 0, 0, 0, MakesUp: true) { IsMeasured = true });
            using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 1, MaxInFlight = 1 }).Build();
            var delays = new List<TimeSpan>();
            for (var i = 0; i < Singles; i++)
            {
                Send(i, "single");
                delays.Add(await UntilAsync(async () => await SumAsync("single") == i + 1));
            }

            var random = new Random(1);
            var keys = Enumerable.Range(0, records).Select(_ => $"k{random.Next(groups)}").ToList();
            var expected = keys.Distinct().LongCount() + 1;
            for (var i = 0; i < keys.Count; i++)
                Send(i, keys[i]);
            producer.Flush(cancellationToken);
            var time = await UntilAsync(async () => await SumAsync() == records + Singles);
            return (delays.Order().ElementAt(Singles / 2), time < Limit ? await RowsAsync() : Math.Min(await RowsAsync(), expected - 1), expected, time);

            void Send(int number, string key) => producer.Produce(
                new TopicPartition("load", number % Partitions), new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes($$"""{"k":"{{key}}","v":{{number}}}""") });
        }
        finally
        {
            File.Delete(script);
        }

        async Task<TimeSpan> UntilAsync(Func<Task<bool>> isSo)
        {
            var watch = Stopwatch.StartNew();
            while (!await isSo() && watch.Elapsed < Limit)
                await Task.Delay(50, cancellationToken);
            return watch.Elapsed;
        }

        Task<long> SumAsync(string? key = null) => NumberAsync($"SELECT coalesce(sum(n), 0) FROM totals{(key is null ? "" : $" WHERE k = '{key}'")}");

        Task<long> RowsAsync() => NumberAsync("SELECT count(*) FROM totals");

        async Task<long> NumberAsync(string sql) => long.Parse((await server.QueryAsync(name, sql, cancellationToken))[0], CultureInfo.InvariantCulture);
    }

    private static string Script(string cells, string brokers, int port, string database) => $"""
        {(cells.Length == 0 ? "" : $"SET 'state.cells' = '{cells}';")}
        CREATE TABLE load (k STRING, v BIGINT) WITH (
          'connector' = 'kafka', 'topic' = 'load', 'properties.bootstrap.servers' = '{brokers}', 'properties.group.id' = 'load',
          'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE totals (k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH (
          'connector' = 'hologres', 'endpoint' = '{TestServer.Host}:{port}', 'dbname' = '{database}', 'tablename' = 'totals',
          'username' = '{PostgreSqlServer.Username}', 'password' = '${"{LOAD_PASSWORD}"}');
        INSERT INTO totals SELECT k, COUNT(*), SUM(v) FROM load GROUP BY k;
        """;

    private static string Number(double number, string format = "N0") => number.ToString(format, CultureInfo.InvariantCulture);
}
