using System.Globalization;

namespace Serverless.Queries.Tests;

/// <summary>One random query with its tables and records: what a seed makes.</summary>
internal sealed class RandomQuery
{
    private readonly Random _random;

    /// <summary>Makes what a seed makes.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="isKeyed">Whether its rows must go into a table with a primary key.</param>
    public RandomQuery(int seed, bool isKeyed = false)
    {
        Seed = seed;
        _random = new Random(seed);
        Sources = [.. Enumerable.Range(1, 1 + _random.Next(3)).Select(number => Source(number))];
        // A few, so that most queries are about other things.
        if (_random.Next(4) == 0)
            Sources = [.. Sources, Source(Sources.Count + 1, isVersioned: true)];
        var generator = new QueryGenerator(_random, Sources);
        Generated = generator.Generate(isKeyed);
        Operators = generator.Operators;
        Script = ScriptOf(Query);
    }

    public int Seed { get; }

    public IReadOnlyList<TestSource> Sources { get; }

    public GeneratedQuery Generated { get; }

    public Sql Query => Generated.Query;

    public IReadOnlyList<ColumnType> Types => Generated.Types;

    /// <summary>Whether its rows go into a table with a primary key.</summary>
    public bool IsKeyed => Generated.Keys > 0;

    public IReadOnlyList<string> Operators { get; }

    /// <summary>The script of the job.</summary>
    public string Script { get; }

    /// <summary>The script with another query.</summary>
    public string ScriptOf(Sql query)
    {
        var key = IsKeyed ? $", PRIMARY KEY ({string.Join(", ", Enumerable.Range(0, Generated.Keys).Select(i => $"x{i}"))}) NOT ENFORCED" : "";
        return $"""
            {string.Join('\n', Sources.Select(s => s.Ddl))}
            {Generated.Views}
            CREATE TABLE rows_out ({string.Join(", ", Types.Select((t, i) => $"x{i} {t.Sql.Flink}"))}{key}) WITH ('connector' = '{(IsKeyed ? "mysql" : "print")}');
            INSERT INTO rows_out {query.Flink};
            """;
    }

    private TestSource Source(int number, bool isVersioned = false)
    {
        var kinds = Enumerable.Range(0, 2 + _random.Next(5)).Select(_ => (Kind)_random.Next(8)).ToList();
        if (isVersioned)
            kinds.InsertRange(0, [_random.Next(3) == 0 ? Kind.Text : Kind.Int, Kind.Timestamp]);
        // Something to join, to rank and to window by.
        if (!kinds.Contains(Kind.Int))
            kinds[0] = Kind.Int;
        if (_random.Next(2) == 0)
            kinds[^1] = Kind.Timestamp;
        var columns = kinds.Select((kind, i) => new QueryColumn($"f{i}", new ColumnType(kind))).ToList();
        var partitions = 1 + _random.Next(3);
        var (offsets, times) = (new long[partitions], new long[partitions]);
        var records = new List<TestRecord>();
        for (var count = _random.Next(4) == 0 ? _random.Next(4) : 3 + _random.Next(30); count > 0; count--)
        {
            var partition = _random.Next(partitions);
            var values = records.Count > 0 && _random.Next(8) == 0
                ? records[_random.Next(records.Count)].Values
                : [.. kinds.Select(k => _random.Next(7) == 0 ? null : Value(k))];
            records.Add(new TestRecord(partition, offsets[partition]++, 1_767_225_600_000 + (times[partition] += _random.Next(4)), values));
        }

        return new TestSource($"t{number}", columns, records) { IsVersioned = isVersioned };
    }

    private object Value(Kind kind) => kind switch
    {
        Kind.Int => (long)_random.Next(-3, 4),
        Kind.BigInt => _random.Next(3) == 0 ? _random.NextInt64(-1_000_000, 1_000_000) : _random.Next(-2, 3),
        Kind.Decimal => _random.Next(2) == 0 ? _random.Next(-2, 3) * 1.5m : _random.Next(-1_000_000, 1_000_000) / 1000m,
        Kind.Double => _random.Next(-8, 9) / 4.0,
        Kind.Text => ExpressionGenerator.Texts[_random.Next(ExpressionGenerator.Texts.Length)],
        Kind.Boolean => _random.Next(2) == 0,
        Kind.Date => new DateOnly(2026, 1, 1).AddDays(_random.Next(5) * 10),
        _ => new DateTime(2026, 1, 1).AddMilliseconds(_random.Next(2) == 0 ? _random.Next(20) * 5000 : _random.Next(600_000)),
    };

    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"""
        seed {Seed}
        {Script}
        ---- DuckDB
        {Query.Duck}
        ---- records
        {string.Concat(Sources)}
        """);
}
