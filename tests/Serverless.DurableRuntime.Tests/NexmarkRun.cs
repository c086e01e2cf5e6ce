using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;
using Serverless.Queries.Tests.Nexmark;

namespace Serverless.DurableRuntime.Tests;

/// <summary>
/// Nexmark's questions on the Durable Task runtime and its Azure Storage provider, in a process that is killed: the table must be DuckDB's answer over the same events, in
/// every value.
/// </summary>
/// <param name="storage">The storage account.</param>
/// <param name="server">Where the tables are.</param>
/// <param name="events">The events.</param>
internal sealed class NexmarkRun(AzuriteServer storage, PostgreSqlServer server, NexmarkEvents events)
{
    /// <summary>The partitions of the topic: the broker keeps some megabytes of each.</summary>
    public const int Partitions = 8;

    private const string Topic = "nexmark";

    // What comes later hits a host that has nothing to do.
    private static readonly TimeSpan LatestKill = TimeSpan.FromSeconds(20);

    // The first row may come late: what is in front of it in the queue is done first.
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(6);

    /// <summary>Asks a question.</summary>
    /// <param name="name">The question.</param>
    /// <param name="kills">How often the process is killed: each time when another part of the events has been sent, at a random moment.</param>
    /// <param name="random">Says when.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The number of rows, and how long it took from the first event to the last row.</returns>
    /// <exception cref="TimeoutException">The table is another one, and changes no more.</exception>
    public async Task<(int Rows, TimeSpan Time)> AskAsync(string name, int kills, Random random, CancellationToken cancellationToken)
    {
        var (expected, columns) = (events.AnswerOf(name).Distinct().ToArray(), NexmarkScripts.SeveralStages[name]);
        var database = $"{name}{Guid.NewGuid():N}"[..16];
        await server.CreateDatabaseAsync(database, cancellationToken);
        await server.ExecuteAsync(database, $"CREATE TABLE answer ({columns.Replace("STRING", "text", StringComparison.Ordinal).Replace("NOT ENFORCED", "", StringComparison.Ordinal)})", cancellationToken);
        using var folder = new TempFolder();
        using var broker = new EmbeddedBroker();
        broker.CreateTopic(Topic, Partitions);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 5, MaxInFlight = 1 }).Build();
        using var host = new HubHost(storage, broker.BootstrapServers, new Dictionary<string, string?>
        {
            ["HOLOGRES_ENDPOINT"] = $"{TestServer.Host}:{server.Port}", ["HOLOGRES_DATABASE"] = database,
            ["HOLOGRES_USERNAME"] = PostgreSqlServer.Username, ["HOLOGRES_PASSWORD"] = PostgreSqlServer.Password,
        }) { LongestStandstill = LongestStandstill };
        var script = NexmarkScripts.Of(
            NexmarkScripts.Once(name),
            columns,
            "'connector' = 'hologres', 'endpoint' = '${HOLOGRES_ENDPOINT}', 'dbname' = '${HOLOGRES_DATABASE}', 'tablename' = 'answer', 'username' = '${HOLOGRES_USERNAME}', 'password' = '${HOLOGRES_PASSWORD}', 'mutatetype' = 'insertorreplace'",
            ", 'properties.bootstrap.servers' = '${KAFKA_BROKERS}', 'scan.startup.mode' = 'earliest-offset'");
        string[] command = [folder.Write($"{name}.sql", script), "--measured"];
        var watch = new Stopwatch();
        var parts = events.Records.Chunk((events.Records.Count + kills) / (kills + 1)).ToList();
        for (var part = 0; part < parts.Count; part++)
        {
            await host.StartAsync(command);
            watch.Start();
            foreach (var record in parts[part])
                producer.Produce(
                    new TopicPartition(Topic, record.Partition),
                    new Message<Null, byte[]> { Value = record.Value!, Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime) });
            producer.Flush(cancellationToken);
            if (part == parts.Count - 1)
                break;
            await Task.Delay(LatestKill * random.NextDouble(), cancellationToken);
            host.Kill();
        }

        await host.UntilAsync(TableAsync, expected);
        return (expected.Length, watch.Elapsed);

        // The whole table only when it may be the right one.
        async Task<string[]> TableAsync()
        {
            var count = await server.QueryAsync(database, "SELECT count(*), sum(hashtext(a::text)::bigint) FROM answer a", cancellationToken);
            if (!count[0].StartsWith(string.Create(CultureInfo.InvariantCulture, $"{expected.Length} | "), StringComparison.Ordinal))
                return count;
            var rows = await server.QueryAsync(database, "SELECT * FROM answer", cancellationToken);
            Array.Sort(rows, StringComparer.Ordinal);
            return rows;
        }
    }
}
