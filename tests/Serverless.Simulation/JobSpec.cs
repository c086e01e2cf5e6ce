namespace Serverless.Simulation;

/// <summary>A random job: from one description its SQL, and a naive computation of what its table must be.</summary>
internal sealed record JobSpec(IReadOnlyList<string> Keys, string? Timeline, IReadOnlyList<AggregateSpec> Aggregates, FilterSpec? Filter, HavingSpec? Having)
{
    public const string MinuteTimeline = "DATE_FORMAT(CAST(MAX(t) AS TIMESTAMP), 'HH:mm')";
    public const string ValueTimeline = "MAX(n)";

    public static JobSpec Random(Random random)
    {
        string[][] keys = [["k"], ["k", "g"], ["g"], []];
        var timeline = random.Next(3) switch { 0 => null, 1 => MinuteTimeline, _ => ValueTimeline };
        var aggregates = Enumerable.Range(0, random.Next(1, 5)).Select(_ => AggregateSpec.Random(random)).ToList();
        return new JobSpec(
            keys[random.Next(keys.Length)],
            timeline,
            aggregates,
            random.Next(3) == 0 ? new FilterSpec(random.Next(-3, 3)) : null,
            random.Next(2) == 0 ? new HavingSpec(random.Next(-2, 6)) : null);
    }

    /// <summary>The script. A table without a key to speak of is printed, and has one row.</summary>
    public string ToSql(bool isSplit)
    {
        var outputs = Keys.Select(k => (Name: $"out_{k}", Type: k == "k" ? "STRING" : "BIGINT", Text: k)).ToList();
        if (Timeline is not null)
            outputs.Add(("bucket", Timeline == MinuteTimeline ? "STRING" : "BIGINT", Timeline));
        var key = string.Join(", ", outputs.Select(o => o.Name));
        outputs.AddRange(Aggregates.Select((a, i) => ($"a{i}", a.Type, a.ToSql())));
        return $"""
            SET 'dedup.horizon' = '{World.Horizon} ms';
            SET 'table.optimizer.distinct-agg.split.enabled' = '{(isSplit ? "true" : "false")}';
            SET 'table.optimizer.distinct-agg.split.bucket-num' = '3';
            CREATE TABLE s (k STRING, g BIGINT, n BIGINT, x DOUBLE, v STRING, t STRING) WITH ('connector' = 'kafka');
            CREATE TABLE r ({string.Join(", ", outputs.Select(o => $"{o.Name} {o.Type}"))}{(key.Length > 0 ? $", PRIMARY KEY ({key}) NOT ENFORCED" : "")}) WITH ('connector' = 'print');
            INSERT INTO r SELECT {string.Join(", ", outputs.Select(o => o.Text))} FROM s
            {(Filter is null ? "" : Filter.ToSql())}
            {(Keys.Count > 0 ? $"GROUP BY {string.Join(", ", Keys)}" : "")}
            {(Having is null ? "" : Having.ToSql())};
            """;
    }

    /// <summary>The rows that must be in the table at rest: per bucket b, the batch SQL over the events up to b.</summary>
    public SortedSet<string> Table(IEnumerable<Event> events)
    {
        var rows = new SortedSet<string>(StringComparer.Ordinal);
        var groups = events
            .Where(e => Filter is null || Filter.Holds(e))
            .Where(e => !Keys.Any(k => Key(e, k) is null)) // would make the sink's key NULL: a dead letter
            .GroupBy(e => string.Join(" | ", Keys.Select(k => Key(e, k))));
        foreach (var group in groups)
        {
            if (Timeline is null)
            {
                Add(group.Key, null, [.. group]);
                continue;
            }

            // Of buckets that share a row the greatest wins.
            var shared = group.Select(Bucket).OfType<IComparable>().Distinct().GroupBy(Shown).Select(b => b.Max()!);
            foreach (var bucket in shared)
                Add(group.Key, Shown(bucket), [.. group.Where(e => Bucket(e) is not { } b || b.CompareTo(bucket) <= 0)]);
        }

        return rows;

        void Add(string key, string? bucket, IReadOnlyList<Event> part)
        {
            if (Having is null || Having.Holds(part))
                rows.Add(string.Join(" | ", new[] { key, bucket }.Where(t => !string.IsNullOrEmpty(t)).Concat(Aggregates.Select(a => a.Of(part)))));
        }
    }

    /// <summary>How many events become dead letters.</summary>
    public int DeadLetters(IEnumerable<Event> events) => events.Count(e => (Filter is null || Filter.Holds(e)) && Keys.Any(k => Key(e, k) is null));

    private static object? Key(Event e, string key) => key == "k" ? e.K : e.G;

    private IComparable? Bucket(Event e) => Timeline == MinuteTimeline ? e.T is { } t ? t.AddSeconds(-t.Second) : null : e.N;

    private string Shown(IComparable bucket) => bucket is DateTime time ? time.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture) : $"{bucket}";
}

/// <summary><c>WHERE n &gt; least</c>.</summary>
internal sealed record FilterSpec(int Least)
{
    public string ToSql() => $"WHERE n > {Least}";

    public bool Holds(Event e) => e.N > Least;
}

/// <summary><c>HAVING SUM(n) &gt; least</c>: true, false, and true again as events come.</summary>
internal sealed record HavingSpec(int Least)
{
    public string ToSql() => $"HAVING SUM(n) > {Least}";

    public bool Holds(IReadOnlyList<Event> events) => events.Any(e => e.N is not null) && events.Sum(e => e.N) > Least;
}
