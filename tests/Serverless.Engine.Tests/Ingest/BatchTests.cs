using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Engine.Tests.Ingest;

/// <summary>A batch is evaluated column by column: what it comes to is what its records come to one by one.</summary>
public sealed class BatchTests
{
    private static readonly string?[] Values =
    [
        """{"k":"2021-12-01","name":"anna","v":1,"at":"2021-12-01 10:00:00"}""",
        """{"k":"2021-12-01","name":"ber\u0074a","v":2.5,"at":"2021-12-01 10:00:00"}""",
        """{"k":"2021-12-02","name":"玛丽亚和她的朋友们","v":3,"at":"2021-12-02 10:00:00","more":{"a":[1]}}""",
        """{"k":"2021-12-02","name":"😀😀😀😀😀","v":"4","at":"2021-12-02 10:00:01"}""",
        """{"k":"no day","name":"anna","v":1,"at":"2021-12-01 10:00:00"}""",
        """{"k":"2021-12-01","name":"anna","v":1,"at":"no time"}""",
        """{"k":"2021-12-01","name":"anna","v":"x","at":"2021-12-01 10:00:00"}""",
        """{"k":null,"name":"anna","v":1,"at":"2021-12-01 10:00:00"}""",
        """{"name":null,"v":1,"k":"2021-12-03","at":null}""",
        """{"k":"2021-12-01","name":"zero","v":0,"at":"2021-12-01 10:00:00"}""",
        """{"k":"2021-12-01","name":17,"v":1,"v":7,"at":"2021-12-01 10:00:00"}""",
        """{"k":"2021-12-01","name":"an""",
        "[]",
        null,
    ];

    private static readonly CompiledJob Compiled = new(JobHarness.Compile("""
        CREATE TABLE s (k STRING, name STRING, v DOUBLE, `at` STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b:9092', 'format' = 'json');
        CREATE TABLE o (k DATE, n STRING, s STRING, f STRING, l STRING, c BIGINT, d BIGINT, v DOUBLE, t TIMESTAMP, PRIMARY KEY (k, n, s, f) NOT ENFORCED) WITH ('connector' = 'upsert-kafka');
        INSERT INTO o
        SELECT CAST(k AS DATE), LEFT(name, 2), SUBSTRING(name, 2, 3), SUBSTRING(name, 4), MAX(name), COUNT(name), COUNT(DISTINCT name), SUM(v), MIN(CAST(`at` AS TIMESTAMP))
        FROM s WHERE v <> 0 GROUP BY CAST(k AS DATE), LEFT(name, 2), SUBSTRING(name, 2, 3), SUBSTRING(name, 4);
        """));

    [Fact]
    public void A_batch_comes_to_what_its_records_come_to_one_by_one()
    {
        var random = new Random(1);
        var records = Enumerable.Range(0, 2_000).Select(i => new Record(i % 3, i / 3, i, Values[random.Next(Values.Length)] is { } value ? Encoding.UTF8.GetBytes(value) : null)).ToList();

        var whole = Run(records, records.Count);

        Assert.Equal(Run(records, 1), whole);
        Assert.Equal(Run(records, 7), whole);
        Assert.InRange(whole.Count(line => line.StartsWith("letter", StringComparison.Ordinal)), 500, 1500);
    }

    /// <summary>Dead letters in their order, the numbers of records, and the state of each group.</summary>
    private static List<string> Run(List<Record> records, int batchSize)
    {
        var ingestor = new Ingestor(Compiled, "t");
        var rows = new RowBuilder(Compiled);
        var groups = new SortedDictionary<string, Group>(StringComparer.Ordinal);
        var lines = new List<string>();
        var (events, skipped) = (0, 0);
        foreach (var batch in records.Chunk(batchSize))
        {
            var ingested = ingestor.Process(batch);
            lines.AddRange(ingested.DeadLetters.Select(l => $"letter {l.Topic} {l.Partition} {l.Offset} {l.Kind} {l.Reason} {Encoding.UTF8.GetString(l.Value)}"));
            (events, skipped) = (events + ingested.Events, skipped + ingested.Skipped);
            foreach (var slices in ingested.Groups)
            {
                if (!groups.TryGetValue(slices.Key, out var group))
                    groups.Add(slices.Key, group = new Group(Compiled, slices.Key));
                // As a durable host stores them, and as they are.
                var message = new StateWriter();
                slices.Write(message);
                group.Apply((slices.Slices.Length % 2 == 0 ? GroupSlices.Read(Compiled, slices.Key, -1, message.Written) : slices).Slices.Span, rows, DateTimeOffset.UnixEpoch);
            }

            ingestor.Stored();
        }

        lines.Add($"{events} events, {skipped} skipped");
        foreach (var (key, group) in groups)
            lines.Add($"group {key} {string.Join(' ', group.Rows(rows, DateTimeOffset.UnixEpoch).Rows.Select(r => $"{r.Version.Events} {string.Join('|', r.Values)}"))}");
        return lines;
    }
}
