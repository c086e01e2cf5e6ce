using System.Globalization;
using DuckDB.NET.Data;
using Serverless.Connectors.Nexmark;

namespace Serverless.Queries.Tests.Nexmark;

/// <summary>Nexmark's events as records, and DuckDB's answers to the questions about them.</summary>
internal sealed class NexmarkEvents : IDisposable
{
    // What the clock is behind the event: PROCTIME() is the record's timestamp.
    private const long Delay = 3_250;

    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly Oracle _oracle = new(threads: 2);
    private readonly List<Record> _records = [];

    /// <summary>Makes the events, for both.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="partitions">The partitions that the records are in, in turns.</param>
    public NexmarkEvents(int seed, int count, int partitions = 4)
    {
        _oracle.Execute("""
            CREATE TABLE persons (id BIGINT, name VARCHAR, email VARCHAR, card VARCHAR, city VARCHAR, state VARCHAR, moment TIMESTAMP, extra VARCHAR, _order BIGINT);
            CREATE TABLE auctions (id BIGINT, item VARCHAR, description VARCHAR, first_bid BIGINT, reserve BIGINT, moment TIMESTAMP, expires TIMESTAMP, seller BIGINT, category BIGINT, extra VARCHAR, _order BIGINT);
            CREATE TABLE bids (auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, moment TIMESTAMP, extra VARCHAR, arrived TIMESTAMP, _order BIGINT);
            """);
        _oracle.Execute($"CREATE TABLE side_input AS SELECT * FROM (VALUES {string.Join(", ", SideInput.Select(s => $"(CAST({s.Key} AS BIGINT), '{s.Value}')"))}) AS s(key, value)");
        // Some twenty events have one time, so that there are ties.
        var generator = new NexmarkGenerator(seed, Math.Max(500, count / 50), Start);
        using var persons = _oracle.Appender("persons");
        using var auctions = _oracle.Appender("auctions");
        using var bids = _oracle.Appender("bids");
        for (var number = 0L; number < count; number++)
        {
            var happened = generator.Event(number);
            var timestamp = new DateTimeOffset(happened.Time, TimeSpan.Zero).ToUnixTimeMilliseconds() + Delay;
            var (partition, offset) = ((int)(number % partitions), number / partitions);
            _records.Add(new Record(partition, offset, timestamp, NexmarkJson.Of(happened)));
            // Timestamp, partition, offset; a partition's events of one time are not as many as 2^20.
            var order = ((timestamp - new DateTimeOffset(Start, TimeSpan.Zero).ToUnixTimeMilliseconds()) * partitions) + partition;
            Append(happened, (order << 30) + offset, persons, auctions, bids);
        }
    }

    /// <summary>The names of the questions, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(NexmarkScripts.Folder, "q*.duckdb.sql").Select(f => Path.GetFileName(f)[..^".duckdb.sql".Length]).OrderBy(n => int.Parse(n[1..], CultureInfo.InvariantCulture))];

    /// <summary>What stands beside the stream; not all of the ten thousand keys have a value.</summary>
    public static IReadOnlyList<(long Key, string Value)> SideInput { get; } = [.. Enumerable.Range(0, 10_000).Where(k => k % 7 != 3).Select(k => ((long)k, $"value {k}"))];

    /// <summary>The records, in the order in which they happened.</summary>
    public IReadOnlyList<Record> Records => _records;

    /// <summary>The types of the columns of an answer.</summary>
    public IReadOnlyList<ColumnType> TypesOf(string name) => _oracle.Types(NexmarkScripts.Read($"{name}.duckdb.sql"));

    /// <summary>DuckDB's answer, in the order of the rows' text.</summary>
    public List<string> AnswerOf(string name) => _oracle.Rows(NexmarkScripts.Read($"{name}.duckdb.sql"), TypesOf(name));

    public void Dispose() => _oracle.Dispose();

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
