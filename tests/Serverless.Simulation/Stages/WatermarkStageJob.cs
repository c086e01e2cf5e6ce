using System.Text;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Tests;

namespace Serverless.Simulation.Stages;

/// <summary>
/// Windows that are written once, when the watermark has passed them: no record is later than the watermark allows, so each window is written as one machine writes it that
/// reads all records at once, and those that the watermark has not passed are not.
/// </summary>
internal sealed class WatermarkStageJob : StageJob
{
    private const int Events = 24; // of each source
    private const int Keys = 3;
    private const int Delay = 5; // in seconds

    private static readonly string[] Queries =
    [
        "SELECT window_start, k, COUNT(*), SUM(v) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k",
        "SELECT window_start, k, COUNT(*), MAX(v) FROM TABLE(HOP(TABLE s, DESCRIPTOR(t), INTERVAL '30' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k",
        "SELECT window_start, 'all', COUNT(DISTINCT k), SUM(v) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end",
        "SELECT TUMBLE_START(t, INTERVAL '1' MINUTE), k, COUNT(*), SUM(v) FROM (SELECT k, v, t FROM s UNION ALL SELECT k, v, t FROM r) GROUP BY k, TUMBLE(t, INTERVAL '1' MINUTE)",
        "SELECT w, 'most', MAX(n), COUNT(*) FROM (SELECT window_start AS w, window_end AS e, k, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k) GROUP BY w, e",
        "SELECT SESSION_START(t, INTERVAL '10' SECOND), k, COUNT(*), SUM(v) FROM s GROUP BY k, SESSION(t, INTERVAL '10' SECOND)",
    ];

    private readonly QueryStageJob _query;

    /// <summary>Makes that of a seed.</summary>
    public WatermarkStageJob(int seed)
        : base(Compile(Queries[seed % Queries.Length]))
    {
        var random = new Random(seed);
        _query = new QueryStageJob(Job, [.. Job.Sources.Select(_ => RecordsOf(random))], () => Queries[seed % Queries.Length]);
    }

    public override IReadOnlyList<IReadOnlyList<Record>> Records => _query.Records;

    public override bool IsReadFirst => true;

    public override string Describe() =>
        $"{_query.Describe()}\n{string.Join('\n', Records.SelectMany((r, source) => r.Select(x => $"{source}.{x.Partition}@{x.Offset} {Encoding.UTF8.GetString(x.Value!)}")))}";

    public override async Task<string?> DifferenceAsync(IEnumerable<RowChange> rows, string? without, IReadOnlySet<(int Partition, long Offset)> letters, CancellationToken cancellationToken)
    {
        var (expected, got) = (Lines(await _query.RowsAsync(cancellationToken), null), Lines(rows, without));
        var missing = expected.ToList();
        var more = got.Where(line => !missing.Remove(line)).ToList();
        // A row that the database refuses is a dead letter.
        return more.Count == 0 && missing.Count == (without is null ? 0 : 1) ? null
            : $"""
              ---- not written
              {string.Join('\n', missing)}
              ---- written for nothing
              {string.Join('\n', more)}
              """;
    }

    private static List<Record> RecordsOf(Random random)
    {
        var (offsets, times, records) = (new long[2], new int[2], new List<Record>());
        for (var i = 0; i < Events; i++)
        {
            var partition = random.Next(2);
            times[partition] += random.Next(25);
            var at = SimulatedClock.Start.AddSeconds(times[partition] - random.Next(Delay));
            records.Add(new Record(
                partition,
                offsets[partition]++,
                SimulatedClock.Start.ToUnixTimeMilliseconds(),
                Encoding.UTF8.GetBytes($$"""{"k":"k{{random.Next(Keys)}}","v":{{random.Next(10)}},"t":"{{at:yyyy-MM-dd HH:mm:ss}}"}""")));
        }

        return records;
    }

    private static Job Compile(string query)
    {
        var script = ScriptCompiler.Compile(
            new SourceText("windows.sql", $"""
                CREATE TABLE s (k STRING, v BIGINT, t TIMESTAMP(3), WATERMARK FOR t AS t - INTERVAL '{Delay}' SECOND) WITH ('connector' = 'kafka', 'topic' = 's', 'format' = 'json');
                CREATE TABLE r (k STRING, v BIGINT, t TIMESTAMP(3), WATERMARK FOR t AS t - INTERVAL '{Delay}' SECOND) WITH ('connector' = 'kafka', 'topic' = 'r', 'format' = 'json');
                CREATE TABLE windows (since TIMESTAMP(3), k STRING, n BIGINT, v BIGINT) WITH ('connector' = 'kafka', 'topic' = 'windows', 'format' = 'json');
                INSERT INTO windows {query};
                """),
            new TestConnectors());
        return script.HasErrors ? throw new InvalidOperationException($"refused: {string.Join('\n', script.Diagnostics)}\n{query}") : script.Jobs[0];
    }
}
