using System.Globalization;
using Serverless.Connectors;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

/// <summary>Jobs of several stages and sources, on topics and tables in memory, killed and started again.</summary>
public sealed class DataflowRunTests : IDisposable
{
    private const string Ranking = """
        CREATE TABLE sales (shop STRING, price DECIMAL(10, 2)) WITH ('connector' = 'kafka', 'topic' = 'sales', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE shops (id STRING, city STRING) WITH ('connector' = 'kafka', 'topic' = 'shops', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE best (city STRING, place BIGINT, shop STRING, total DECIMAL(38, 2), PRIMARY KEY (city, place) NOT ENFORCED) WITH
            ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/db', 'table-name' = 'best', 'username' = 'u', 'password' = '${P}');
        INSERT INTO best SELECT city, place, shop, total FROM (
            SELECT city, shop, total, ROW_NUMBER() OVER (PARTITION BY city ORDER BY total DESC, shop) AS place FROM (
                SELECT c.city, s.shop, SUM(s.price) AS total FROM sales AS s JOIN shops AS c ON s.shop = c.id GROUP BY c.city, s.shop))
        WHERE place <= 3;
        """;

    private readonly TempFolder _folder = new();
    private readonly MemoryTable _table = new();
    private readonly MemoryLetters _letters = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Crashes_and_outages_at_random_leave_the_tables_of_the_records_alone(int seed)
    {
        var random = new Random(seed);
        var (sales, shops) = (new MemoryTopic(3), new MemoryTopic(2));
        var cities = Enumerable.Range(0, 12).ToDictionary(i => $"shop{i}", i => $"city{i % 3}");
        var totals = cities.Keys.ToDictionary(s => s, _ => 0m);
        foreach (var (shop, city) in cities)
            shops.Add(random.Next(2), $$"""{"id":"{{shop}}","city":"{{city}}"}""");
        for (var i = 0; i < 300; i++)
        {
            var (shop, price) = ($"shop{random.Next(12)}", random.Next(-500, 1000) / 100m);
            sales.Add(random.Next(3), string.Create(CultureInfo.InvariantCulture, $$"""{"shop":"{{shop}}","price":{{price}}}"""));
            totals[shop] += price;
        }

        var crashes = 0;
        void MayFail()
        {
            if (random.Next(6) == 0 && crashes < 40)
            {
                crashes++;
                throw new InvalidOperationException("killed");
            }
        }

        _table.BeforeWrite = () =>
        {
            MayFail();
            if (random.Next(10) == 0)
                throw new SinkUnavailableException("away");
        };
        while (true)
        {
            try
            {
                var job = new RunningJob(_folder.Path, RunningJob.CompileText(Ranking), sales, _table, _letters)
                {
                    FurtherTopics = [shops],
                    OnCommit = MayFail,
                    Random = new Random(random.Next()),
                };
                await job.RunUntilIdleAsync();
                break;
            }
            catch (InvalidOperationException)
            {
                // Started again, as after a crash.
            }
        }

        var sold = totals.Where(t => t.Value != 0 || sales.Partitions.Any(p => p.Exists(r => System.Text.Encoding.UTF8.GetString(r.Value!).Contains($"\"{t.Key}\"", StringComparison.Ordinal))));
        var expected = sold.GroupBy(t => cities[t.Key]).SelectMany(city => city.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal).Take(3)
            .Select((t, i) => string.Create(CultureInfo.InvariantCulture, $"{city.Key} | {i + 1} | {t.Key} | {t.Value:0.##}")));
        Assert.Equal(expected.Order(StringComparer.Ordinal), _table.Lines);
        Assert.True(crashes > 0);
        Assert.Equal(sales.Partitions.Select(p => (long)p.Count), sales.Committed);
        Assert.Empty(_letters.Letters);
    }

    [Fact]
    public async Task A_script_that_is_edited_and_edited_back_has_its_own_rows_again()
    {
        var (sales, shops) = (new MemoryTopic(1), new MemoryTopic(1));
        shops.Add(0, """{"id":"a","city":"Rome"}""");
        sales.Add(0, """{"shop":"a","price":1}""");
        sales.Add(0, """{"shop":"a","price":2}""");
        Task RunAsync(string script) =>
            new RunningJob(_folder.Path, RunningJob.CompileText(script), sales, _table, _letters) { FurtherTopics = [shops] }.RunUntilIdleAsync();

        var edited = Ranking.Replace("ON s.shop = c.id", "ON s.shop = c.id AND s.price > 1", StringComparison.Ordinal);
        await RunAsync(Ranking);
        Assert.Equal("Rome | 1 | a | 3", Assert.Single(_table.Lines));
        await RunAsync(edited);
        Assert.Equal("Rome | 1 | a | 2", Assert.Single(_table.Lines));
        await RunAsync(Ranking);
        Assert.Equal("Rome | 1 | a | 3", Assert.Single(_table.Lines));
    }

    [Fact]
    public async Task A_window_that_was_written_is_written_once_more_when_a_record_is_late_which_is_said_and_counted()
    {
        const string minutes = """
            CREATE TABLE sales (shop STRING, t TIMESTAMP(3), price INT, WATERMARK FOR t AS t) WITH ('connector' = 'kafka', 'topic' = 'sales', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            CREATE TABLE minutes (since TIMESTAMP(3), shop STRING, total INT) WITH ('connector' = 'kafka', 'topic' = 'minutes', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
            INSERT INTO minutes SELECT window_start, shop, SUM(price) FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, shop;
            """;
        using var measurements = new Measurements();
        var (sales, logger) = (new MemoryTopic(1), new RecordingLogger());
        // Started anew each time: the state says which windows were written.
        async Task SellAsync(string time, int price)
        {
            sales.Add(0, string.Create(CultureInfo.InvariantCulture, $$"""{"shop":"a","t":"2024-03-05 {{time}}","price":{{price}}}"""));
            await new RunningJob(_folder.Path, RunningJob.CompileText(minutes), sales, _table, _letters) { Meters = measurements, Logger = logger }.RunUntilIdleAsync();
        }

        await SellAsync("06:01:10", 1);
        Assert.Empty(_table.Lines);
        await SellAsync("06:02:10", 2);
        Assert.Equal(1L, Assert.Single(_table.Rows.Values)[2]);
        Assert.DoesNotContain(logger.Lines, l => l.Contains("after the watermark", StringComparison.Ordinal));
        await SellAsync("06:01:50", 4);
        Assert.Equal([1L, 5L], _table.Rows.Values.Select(r => (long)r[2]!).Order());
        Assert.Equal(1, measurements.Sum("serverless.rows.late"));
        Assert.Contains(logger.Lines, l => l.Contains("after the watermark", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();
}
