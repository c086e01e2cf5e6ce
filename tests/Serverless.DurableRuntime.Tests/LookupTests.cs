using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.DurableRuntime.Tests;

/// <summary>A lookup join on the Durable Task runtime and its Azure Storage provider, in a database's table that changes: each record counts once, with one of its answers.</summary>
public sealed class LookupTests(AzuriteFixture azurite, PostgreSqlFixture hologres)
{
    private const int Orders = 300;
    private const int Customers = 20;
    private const int Parts = 2;

    // Each cell costs the storage many requests.
    private const string Script = """
        SET 'state.cells' = '2';
        CREATE TABLE orders (customer INT, amount INT, pt AS PROCTIME()) WITH (
          'connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '${KAFKA_BROKERS}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE names (customer INT, name STRING) WITH (
          'connector' = 'hologres', 'endpoint' = '${HOLOGRES_ENDPOINT}', 'dbname' = '${HOLOGRES_DATABASE}', 'tablename' = 'names',
          'username' = '${HOLOGRES_USERNAME}', 'password' = '${HOLOGRES_PASSWORD}');
        CREATE TABLE buyers (name STRING, orders BIGINT, amount BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH (
          'connector' = 'hologres', 'endpoint' = '${HOLOGRES_ENDPOINT}', 'dbname' = '${HOLOGRES_DATABASE}', 'tablename' = 'buyers',
          'username' = '${HOLOGRES_USERNAME}', 'password' = '${HOLOGRES_PASSWORD}', 'mutatetype' = 'insertorreplace');
        INSERT INTO buyers SELECT n.name, COUNT(*), SUM(o.amount) FROM orders AS o JOIN names FOR SYSTEM_TIME AS OF o.pt AS n ON o.customer = n.customer GROUP BY n.name;
        """;

    [Fact]
    public async Task Each_record_counts_once_under_one_name_of_its_customer_though_the_names_change_and_the_host_is_killed()
    {
        var stop = TestContext.Current.CancellationToken;
        var (server, database) = await hologres.DatabaseAsync(stop);
        await server.ExecuteAsync(database, "CREATE TABLE names (customer int, name text); CREATE TABLE buyers (name text PRIMARY KEY, orders bigint, amount bigint)", stop);
        await server.ExecuteAsync(database, $"INSERT INTO names SELECT i, i || ' first' FROM generate_series(0, {Customers - 1}) AS i", stop);
        using var folder = new TempFolder();
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("orders", 2);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 1 }).Build();
        using var host = new HubHost(await azurite.ServerAsync(), broker.BootstrapServers, new Dictionary<string, string?>
        {
            ["HOLOGRES_ENDPOINT"] = $"{TestServer.Host}:{server.Port}", ["HOLOGRES_DATABASE"] = database,
            ["HOLOGRES_USERNAME"] = PostgreSqlServer.Username, ["HOLOGRES_PASSWORD"] = PostgreSqlServer.Password,
        });
        var random = new Random(7);
        // Some customers have no name.
        (int Customer, int Amount)[] orders = [.. Enumerable.Range(0, Orders).Select(_ => (random.Next(Customers + 5), random.Next(-20, 100)))];
        string[] scripts = [folder.Write("shop.sql", Script)];

        for (var part = 0; part < Parts; part++)
        {
            await host.StartAsync(scripts);
            foreach (var (customer, amount) in orders.Skip(part * Orders / Parts).Take(Orders / Parts))
                producer.Produce(new TopicPartition("orders", (customer + amount + 20) % 2), new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes($$"""{"customer":{{customer}},"amount":{{amount}}}""") });
            producer.Flush(stop);
            if (part == Parts - 1)
                break;
            await host.UntilAsync(TableAsync, now => now.Length > 0, _ => "no row comes");
            host.Kill();
            // What is read again finds other names.
            await server.ExecuteAsync(database, "UPDATE names SET name = customer || ' then'", stop);
        }

        await host.UntilAsync(
            TableAsync,
            [.. orders.Where(o => o.Customer < Customers).GroupBy(o => o.Customer, o => o.Amount).OrderBy(c => c.Key).Select(c => $"{c.Key} | {c.Count()} | {c.Sum()}")]);

        async Task<string[]> TableAsync() =>
            [.. await server.QueryAsync(database, "SELECT split_part(name, ' ', 1)::int AS customer, SUM(orders), SUM(amount) FROM buyers GROUP BY 1 ORDER BY 1", stop)];
    }
}
