using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Serverless.Connectors.Nexmark;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Queries.Tests.Nexmark;

/// <summary>Nexmark's questions, <c>q3.sql</c> for the engine beside <c>q3.duckdb.sql</c> for DuckDB, over the same events.</summary>
internal sealed class NexmarkQueries : IDisposable
{
    private const int Partitions = 4;

    // What the clock is behind the event: PROCTIME() is the record's timestamp.
    private const long Delay = 3_250;

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly int _seed;
    private readonly Oracle _oracle = new(threads: 2);
    private readonly List<Record> _records = [];

    // What stands beside the stream: key and value.
    private static readonly (long Key, string Value)[] _sideInput = [.. Enumerable.Range(0, 10_000).Where(k => k % 7 != 3).Select(k => ((long)k, $"value {k}"))];

    /// <summary>Makes the events, for both.</summary>
    public NexmarkQueries(int seed, int count)
    {
        _seed = seed;
        _oracle.Execute("""
            CREATE TABLE persons (id BIGINT, name VARCHAR, email VARCHAR, card VARCHAR, city VARCHAR, state VARCHAR, moment TIMESTAMP, extra VARCHAR, _order BIGINT);
            CREATE TABLE auctions (id BIGINT, item VARCHAR, description VARCHAR, first_bid BIGINT, reserve BIGINT, moment TIMESTAMP, expires TIMESTAMP, seller BIGINT, category BIGINT, extra VARCHAR, _order BIGINT);
            CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, moment TIMESTAMP, extra VARCHAR, arrived TIMESTAMP, _order BIGINT);
            """);
        _oracle.Execute($"CREATE TABLE side_input AS SELECT * FROM (VALUES {string.Join(", ", _sideInput.Select(s => $"(CAST({s.Key} AS BIGINT), '{s.Value}')"))}) AS s(key, value)");
        // Some twenty events have one time, so that there are ties.
        var generator = new NexmarkGenerator(seed, Math.Max(500, count / 50), Start);
        using var persons = _oracle.Appender("persons");
        using var auctions = _oracle.Appender("auctions");
        using var bids = _oracle.Appender("bids");
        for (var number = 0L; number < count; number++)
        {
            var happened = generator.Event(number);
            var timestamp = new DateTimeOffset(happened.Time, TimeSpan.Zero).ToUnixTimeMilliseconds() + Delay;
            var (partition, offset) = ((int)(number % Partitions), number / Partitions);
            _records.Add(new Record(partition, offset, timestamp, NexmarkJson.Of(happened)));
            // Timestamp, partition, offset; a partition's events of one time are not as many as 2^20.
            var order = ((timestamp - new DateTimeOffset(Start, TimeSpan.Zero).ToUnixTimeMilliseconds()) * Partitions) + partition;
            Append(happened, (order << 30) + offset, persons, auctions, bids);
        }
    }

    /// <summary>The names of the questions, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "q*.duckdb.sql").Select(f => Path.GetFileName(f)[..^".duckdb.sql".Length]).OrderBy(n => int.Parse(n[1..], CultureInfo.InvariantCulture))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Nexmark");

    public void Dispose() => _oracle.Dispose();

    /// <summary>Asks both; returns what differs, or null, and how many events the engine takes in a second of the processor.</summary>
    public (string? Difference, double EventsPerSecond, int Rows) Ask(string name)
    {
        var duck = File.ReadAllText(Path.Combine(Folder, $"{name}.duckdb.sql"));
        var types = _oracle.Types(duck);
        var expected = _oracle.Rows(duck, types);
        var script = ScriptCompiler.Compile(
            new SourceText($"{name}.sql", $"""
                {File.ReadAllText(Path.Combine(Folder, "tables.sql"))}
                CREATE TABLE answer ({string.Join(", ", types.Select((t, i) => $"x{i} {t.Sql.Flink}"))}) WITH ('connector' = 'print');
                INSERT INTO answer {File.ReadAllText(Path.Combine(Folder, $"{name}.sql"))};
                """),
            new TestConnectors());
        if (script.HasErrors)
            return ($"refused: {string.Join('\n', script.Diagnostics)}", 0, 0);

        var deltas = new List<Delta>();
        var harness = new JobHarness(script.Jobs[0], isSplit: false, job => new Dataflow(job, o => o, SideInput) { Changed = deltas.Add });
        // Of the processor's time, so that other work on the machine leaves no trace.
        var before = Environment.CpuUsage.TotalTime;
        Schedule.Deliver(harness, [_records], new Random(_seed), 500);
        var rate = _records.Count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;

        var kinds = types.Select(t => t.Kind).ToArray();
        var actual = harness.IsDataflow ? RandomQueries.RowsOf(deltas, kinds) : RandomQueries.RowsOf(harness, kinds);
        var failures = harness.DeadLetters.Select(l => $"{l.Key}: {l.Value}").Concat(harness.Failures).ToList();
        return (RowText.Difference(expected, actual, failures), rate, expected.Count);
    }

    private static TestLookup SideInput(DataflowLookup lookup) => new(lookup, _sideInput.Select(s => $$"""{"key":{{s.Key}},"value":"{{s.Value}}"}"""));

    /// <summary>Asks all of them; the exit code is 1 if an answer differs.</summary>
    public static int Run(int count, TextWriter output, string? only = null)
    {
        using var queries = new NexmarkQueries(1, count);
        var different = 0;
        foreach (var name in Names.Where(n => only is null || n == only))
        {
            var watch = Stopwatch.StartNew();
            var (difference, rate, rows) = queries.Ask(name);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-4} {rows,9:N0} rows  {rate,10:N0} events per CPU second  {watch.Elapsed.TotalSeconds,6:F1} s  {(difference is null ? "the same" : "different")}"));
            if (difference is null)
                continue;
            different++;
            output.WriteLine(difference.Length > 6000 ? difference[..6000] : difference);
        }

        return different == 0 ? 0 : 1;
    }

    private static void Append(NexmarkEvent happened, long order, DuckDBAppender persons, DuckDBAppender auctions, DuckDBAppender bids)
    {
        switch (happened)
        {
            case NexmarkPerson p:
                persons.CreateRow().AppendValue(p.Id).AppendValue(p.Name).AppendValue(p.EmailAddress).AppendValue(p.CreditCard).AppendValue(p.City).AppendValue(p.State)
                    .AppendValue(p.Time).AppendValue(p.Extra).AppendValue(order).EndRow();
                break;
            case NexmarkAuction a:
                auctions.CreateRow().AppendValue(a.Id).AppendValue(a.ItemName).AppendValue(a.Description).AppendValue(a.InitialBid).AppendValue(a.Reserve)
                    .AppendValue(a.Time).AppendValue(a.Expires).AppendValue(a.Seller).AppendValue(a.Category).AppendValue(a.Extra).AppendValue(order).EndRow();
                break;
            case NexmarkBid b:
                bids.CreateRow().AppendValue(b.Auction).AppendValue(b.Bidder).AppendValue(b.Price).AppendValue(b.Channel).AppendValue(b.Url)
                    .AppendValue(b.Time).AppendValue(b.Extra).AppendValue(b.Time.AddMilliseconds(Delay)).AppendValue(order).EndRow();
                break;
        }
    }
}
