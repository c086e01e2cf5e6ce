using System.Globalization;
using System.Numerics;
using System.Text;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Tests;
using Serverless.Engine.Values;

namespace Serverless.Simulation.Stages;

/// <summary>
/// A query that looks rows up in tables that answer anything whenever they are asked. Its rows say of which answers each record is: it must be one of each table, as a whole,
/// however often the record was read.
/// </summary>
/// <remarks>Each record has a bit of its own, and the sum of a group of answers has the bits of its records. An answer is called <c>number:row/rows</c>.</remarks>
internal sealed class LookupStageJob : StageJob
{
    private const int Events = 30;
    private const int Keys = 5;
    private const string None = "none";
    private const string Plain = "plain";

    private const string Tables = """
        CREATE TABLE s (k STRING, id INT, mark DECIMAL(38, 0), t TIMESTAMP(3), pt AS PROCTIME(), WATERMARK FOR t AS t) WITH ('connector' = 'kafka', 'topic' = 's', 'format' = 'json');
        CREATE TABLE r (k STRING, mark DECIMAL(38, 0)) WITH ('connector' = 'kafka', 'topic' = 'r', 'format' = 'json');
        CREATE TABLE dim (k STRING, v STRING) WITH ('connector' = 'jdbc');
        CREATE TABLE sub (k STRING, v STRING) WITH ('connector' = 'jdbc');
        CREATE TABLE windows (w TIMESTAMP(3), answer STRING, bits DECIMAL(38, 0), n BIGINT, PRIMARY KEY (w, answer) NOT ENFORCED) WITH ('connector' = 'mysql', 'table-name' = 'windows');
        CREATE TABLE o (answer STRING, bits DECIMAL(38, 0), n BIGINT, PRIMARY KEY (answer) NOT ENFORCED) WITH ('connector' = 'mysql', 'table-name' = 'o');
        """;

    private const string One = "LEFT JOIN dim FOR SYSTEM_TIME AS OF s.pt AS a ON s.k = a.k";

    private static readonly string[] Queries =
    [
        $"SELECT v, SUM(mark), COUNT(*) FROM (SELECT COALESCE(a.v, '{None}') AS v, s.mark FROM s {One}) GROUP BY v",
        $"SELECT v, SUM(mark), COUNT(*) FROM (SELECT COALESCE(a.v, '{None}') || '>' || COALESCE(b.v, '{None}') AS v, s.mark FROM s {One} LEFT JOIN sub FOR SYSTEM_TIME AS OF s.pt AS b ON a.v = b.k) GROUP BY v",
        $"SELECT window_start, v, SUM(mark), COUNT(*) FROM (SELECT s.window_start, COALESCE(a.v, '{None}') AS v, s.mark FROM TABLE(HOP(TABLE s, DESCRIPTOR(t), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE)) AS s {One}) GROUP BY window_start, v",
        $"SELECT COALESCE(a.v, '{None}') || '@' || CAST(s.id AS STRING), s.mark, 1 FROM s {One}",
        $"SELECT v, SUM(mark), COUNT(*) FROM (SELECT COALESCE(a.v, '{None}') AS v, s.mark FROM s {One} UNION ALL SELECT '{Plain}', mark FROM r) GROUP BY v",
        $"SELECT v, SUM(mark), COUNT(*) FROM (SELECT COALESCE(s.v, '{None}') AS v, s.mark FROM (SELECT s.k, s.mark, a.v FROM s {One}) AS s JOIN r ON s.k = r.k) GROUP BY v",
        $"SELECT v, SUM(mark), COUNT(*) FROM (SELECT COALESCE(a.v, '{None}') AS v, s.mark FROM s {One} UNION ALL SELECT '{Plain}', mark FROM (SELECT k, SUM(mark) AS mark FROM r GROUP BY k)) GROUP BY v",
    ];

    private readonly string _query;
    private readonly List<(BigInteger Bit, int Partition, long Offset)> _events = [];
    private readonly BigInteger _others;

    /// <summary>Makes that of a seed.</summary>
    public LookupStageJob(int seed)
        : this(seed, new Random(seed))
    {
    }

    private LookupStageJob(int seed, Random random)
        : base(Compile(Queries[seed % Queries.Length]))
    {
        _query = Queries[seed % Queries.Length];
        var (next, left, right) = (new long[2], new List<Record>(), new List<Record>());
        for (var i = 0; i < Events; i++)
        {
            var (bit, partition) = (BigInteger.One << i, random.Next(2));
            var minute = SimulatedClock.Start.AddSeconds(random.Next(300));
            left.Add(Json(partition, next[partition], $$"""{"k":"k{{random.Next(Keys)}}","id":{{i}},"mark":{{bit}},"t":"{{minute:yyyy-MM-dd HH:mm:ss}}"}"""));
            _events.Add((bit, partition, next[partition]++));
        }

        for (var i = 0; i < Keys; i++)
            right.Add(Json(0, i, $$"""{"k":"k{{i}}","mark":{{BigInteger.One << (Events + i)}}}"""));
        Records = [.. Job.Sources.Select(s => s.Name == "s" ? left : right)];
        _others = _query.Contains(Plain, StringComparison.Ordinal) ? ((BigInteger.One << Keys) - 1) << Events : 0;
    }

    public override IReadOnlyList<IReadOnlyList<Record>> Records { get; }

    public override string Describe() => _query;

    public override IReadOnlyList<ILookup> NewLookups(Random random, Faults faults) => [.. Dataflow.LookupsOf(Job).Select(_ => new Table(random, faults))];

    public override Task<string?> DifferenceAsync(IEnumerable<RowChange> rows, string? without, IReadOnlySet<(int Partition, long Offset)> letters, CancellationToken cancellationToken)
    {
        var groups = rows.Where(r => r.Key != without).Select(r => (
            Answer: string.Join('#', r.Values.Take(r.Values.Length - 2)),
            Bits: BigInteger.Parse(((Number)r.Values[^2]!).ToString(), CultureInfo.InvariantCulture),
            Count: (long)r.Values[^1]!)).ToList();
        var wrong = new List<string>();
        foreach (var (answer, bits, count) in groups)
            if (Enumerable.Range(0, Events + Keys).Count(i => !(bits >> i).IsEven) != count)
                wrong.Add($"{answer} has a record twice");
        foreach (var (bit, partition, offset) in _events)
        {
            var isPart = without is not null || letters.Contains((partition, offset));
            var own = groups.Where(g => (g.Bits & bit) != 0).Select(g => g.Answer.Split('@')[0]).ToList();
            var windows = own.GroupBy(a => a[..(a.IndexOf('#', StringComparison.Ordinal) + 1)], a => a[(a.IndexOf('#', StringComparison.Ordinal) + 1)..]).ToList();
            if (!isPart && windows.Count != (IsWindowed(_query) ? 2 : 1))
                wrong.Add($"{partition}@{offset} is in {windows.Count} windows");
            foreach (var window in windows)
                if (!IsOneAnswer([.. window], isPart))
                    wrong.Add($"{partition}@{offset} is {string.Join(" and ", own)}");
        }

        if (without is null && groups.Where(g => g.Answer == Plain).Aggregate(BigInteger.Zero, (sum, g) => sum + g.Bits) != _others)
            wrong.Add("what was not looked up");
        return Task.FromResult(wrong.Count == 0 ? null : $"{string.Join('\n', wrong)}\n---- of\n{string.Join('\n', Lines(rows, null))}");
    }

    // Of each table one answer, and all its rows; of an answer's row again one of the next table.
    private static bool IsOneAnswer(IReadOnlyList<string> answers, bool isPart)
    {
        var first = answers.Select(a => a.Split('>', 2)).GroupBy(a => a[0], a => a.Length > 1 ? a[1] : null).ToList();
        var numbers = first.Select(f => f.Key.Split(':')[0]).Distinct().ToList();
        var rows = numbers is [var number] && number != None ? int.Parse(first[0].Key.Split('/')[1], CultureInfo.InvariantCulture) : 1;
        return (isPart || first.Count == rows) && numbers.Count == 1 && first.TrueForAll(f => f.All(next => next is null) || IsOneAnswer([.. f.Select(next => next!)], isPart));
    }

    private static bool IsWindowed(string query) => query.Contains("HOP", StringComparison.Ordinal);

    private static Job Compile(string query)
    {
        var script = ScriptCompiler.Compile(new SourceText("lookup.sql", $"{Tables}\nINSERT INTO {(IsWindowed(query) ? "windows" : "o")} {query};"), new TestConnectors());
        return script.HasErrors ? throw new InvalidOperationException($"refused: {string.Join('\n', script.Diagnostics)}\n{query}") : script.Jobs[0];
    }

    private static Record Json(int partition, long offset, string value) => new(partition, offset, SimulatedClock.Start.ToUnixTimeMilliseconds(), Encoding.UTF8.GetBytes(value));

    /// <summary>Answers anything, is away at times, and has keys that cannot be looked up.</summary>
    private sealed class Table(Random random, Faults faults) : ILookup
    {
        public ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken)
        {
            if (faults.Strikes(10))
                throw new SinkUnavailableException("away");
            return new([.. keys.Select(_ => random.Next(12) switch
            {
                0 => new LookupRows([], "no"),
                1 => LookupRows.None,
                < 6 => new LookupRows([["3:0/2"], ["3:1/2"]]),
                var number => new LookupRows([[string.Create(CultureInfo.InvariantCulture, $"{number}:0/1")]]),
            })]);
        }
    }
}
