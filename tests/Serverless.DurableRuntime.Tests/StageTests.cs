using System.Text;
using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.DurableRuntime.Tests;

/// <summary>Jobs of several stages on the Durable Task runtime and its Azure Storage provider: whatever dies, the tables are those of the records alone.</summary>
public sealed class StageTests(AzuriteFixture azurite, PostgreSqlFixture hologres)
{
    private const int Orders = 900;
    private const int Customers = 60;
    private const int Parts = 3;

    // Each cell costs the storage many requests, and three show what sixteen do.
    private const string Script = """
        SET 'state.cells' = '3';
        CREATE TABLE orders (customer INT, amount INT) WITH (
          'connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '${KAFKA_BROKERS}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE customers (id INT, region STRING) WITH (
          'connector' = 'kafka', 'topic' = 'customers', 'properties.bootstrap.servers' = '${KAFKA_BROKERS}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
        CREATE TABLE regions (region STRING, orders BIGINT, amount BIGINT, PRIMARY KEY (region) NOT ENFORCED) WITH (
          'connector' = 'hologres', 'endpoint' = '${HOLOGRES_ENDPOINT}', 'dbname' = '${HOLOGRES_DATABASE}', 'tablename' = 'regions',
          'username' = '${HOLOGRES_USERNAME}', 'password' = '${HOLOGRES_PASSWORD}', 'mutatetype' = 'insertorreplace');
        CREATE TABLE sizes (n BIGINT, customers BIGINT, amount BIGINT, PRIMARY KEY (n) NOT ENFORCED) WITH (
          'connector' = 'hologres', 'endpoint' = '${HOLOGRES_ENDPOINT}', 'dbname' = '${HOLOGRES_DATABASE}', 'tablename' = 'sizes',
          'username' = '${HOLOGRES_USERNAME}', 'password' = '${HOLOGRES_PASSWORD}', 'mutatetype' = 'insertorreplace');
        BEGIN STATEMENT SET;
        INSERT INTO regions SELECT c.region, COUNT(*), SUM(o.amount) FROM orders AS o JOIN customers AS c ON o.customer = c.id GROUP BY c.region;
        INSERT INTO sizes SELECT n, COUNT(*), SUM(amount) FROM (SELECT customer, COUNT(*) AS n, SUM(amount) AS amount FROM orders GROUP BY customer) GROUP BY n;
        END;
        """;

    [Fact]
    public async Task A_join_and_an_aggregate_of_an_aggregate_are_those_of_the_records_however_often_the_host_is_killed()
    {
        var stop = TestContext.Current.CancellationToken;
        var (server, database) = await hologres.DatabaseAsync(stop);
        await server.ExecuteAsync(database, "CREATE TABLE regions (region text PRIMARY KEY, orders bigint, amount bigint); CREATE TABLE sizes (n bigint PRIMARY KEY, customers bigint, amount bigint)", stop);
        using var folder = new TempFolder();
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("orders", 3);
        broker.CreateTopic("customers", 2);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 1 }).Build();
        using var host = new HubHost(await azurite.ServerAsync(), broker.BootstrapServers, new Dictionary<string, string?>
        {
            ["HOLOGRES_ENDPOINT"] = $"{TestServer.Host}:{server.Port}", ["HOLOGRES_DATABASE"] = database,
            ["HOLOGRES_USERNAME"] = PostgreSqlServer.Username, ["HOLOGRES_PASSWORD"] = PostgreSqlServer.Password,
        });
        var random = new Random(7);
        (int Id, string Region)[] customers = [.. Enumerable.Range(0, Customers).Select(id => (id, $"region {random.Next(5)}"))];
        // Some customers are of no region.
        (int Customer, int Amount)[] orders = [.. Enumerable.Range(0, Orders).Select(_ => (random.Next(Customers + 10), random.Next(-20, 100)))];
        string[] scripts = ["--hot-bytes", "0", folder.Write("shop.sql", Script)]; // all cold keys leave their cells

        for (var part = 0; part < Parts; part++)
        {
            await host.StartAsync(scripts);
            var before = await TablesAsync();
            foreach (var (id, region) in customers.Where(c => c.Id % Parts == part))
                Send("customers", id % 2, $$"""{"id":{{id}},"region":"{{region}}"}""");
            foreach (var (customer, amount) in orders.Skip(part * Orders / Parts).Take(Orders / Parts))
                Send("orders", (customer + amount + 20) % 3, $$"""{"customer":{{customer}},"amount":{{amount}}}""");
            producer.Flush(stop);
            if (part == Parts - 1)
                break;
            await host.UntilAsync(TablesAsync, now => !now.SequenceEqual(before), _ => "no row changes");
            host.Kill();
        }

        await host.UntilAsync(TablesAsync, Expected(orders, customers));

        void Send(string topic, int partition, string value) => producer.Produce(new TopicPartition(topic, partition), new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes(value) });

        async Task<string[]> TablesAsync() =>
        [
            .. await server.QueryAsync(database, "SELECT region, orders, amount FROM regions ORDER BY region", stop),
            .. await server.QueryAsync(database, "SELECT n, customers, amount FROM sizes ORDER BY n", stop),
        ];
    }

    [Fact]
    public async Task A_window_is_sent_to_a_topic_when_the_watermark_has_passed_it()
    {
        using var folder = new TempFolder();
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("sales", 2);
        broker.CreateTopic("minutes", 1);
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "test" }).Build();
        consumer.Assign(new TopicPartitionOffset("minutes", 0, Offset.Beginning));
        var minutes = new SortedSet<string>(StringComparer.Ordinal);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, Acks = Acks.All, LingerMs = 1 }).Build();
        using var host = new HubHost(await azurite.ServerAsync(), broker.BootstrapServers, []);
        await host.StartAsync([folder.Write("minutes.sql", """
            SET 'state.cells' = '2';
            CREATE TABLE sales (shop STRING, amount INT, t TIMESTAMP(3), WATERMARK FOR t AS t - INTERVAL '5' SECOND) WITH (
              'connector' = 'kafka', 'topic' = 'sales', 'properties.bootstrap.servers' = '${KAFKA_BROKERS}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
            CREATE TABLE minutes (since TIMESTAMP(3), shop STRING, orders BIGINT, amount BIGINT) WITH (
              'connector' = 'kafka', 'topic' = 'minutes', 'properties.bootstrap.servers' = '${KAFKA_BROKERS}', 'format' = 'csv');
            INSERT INTO minutes SELECT window_start, shop, COUNT(*), SUM(amount) FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, shop;
            """)]);

        for (var second = 0; second < 150; second += 10)
            for (var partition = 0; partition < 2; partition++)
                producer.Produce(new TopicPartition("sales", partition), new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes($$"""{"shop":"{{(second % 20 == 0 ? "a" : "b")}}","amount":{{second}},"t":"2024-03-05 06:{{second / 60:00}}:{{second % 60:00}}"}""") });
        producer.Flush(TestContext.Current.CancellationToken);

        // The watermark is 06:02:15: the third minute is not over.
        await host.UntilAsync(
            () => Task.FromResult(Minutes()),
            ["2024-03-05 06:00:00.000,a,6,120", "2024-03-05 06:00:00.000,b,6,180", "2024-03-05 06:01:00.000,a,6,480", "2024-03-05 06:01:00.000,b,6,540"]);

        string[] Minutes()
        {
            while (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } message)
                minutes.Add(message.Message.Value);
            return [.. minutes];
        }
    }

    private static string[] Expected((int Customer, int Amount)[] orders, (int Id, string Region)[] customers) =>
    [
        .. orders.Join(customers, o => o.Customer, c => c.Id, (o, c) => (c.Region, o.Amount)).GroupBy(r => r.Region, r => r.Amount)
            .OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} | {r.Count()} | {r.Sum()}"),
        .. orders.GroupBy(o => o.Customer, o => o.Amount).Select(c => (Orders: c.Count(), Amount: c.Sum())).GroupBy(c => c.Orders, c => c.Amount)
            .OrderBy(s => s.Key).Select(s => $"{s.Key} | {s.Count()} | {s.Sum()}"),
    ];
}
