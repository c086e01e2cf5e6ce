namespace Serverless.Simulation;

/// <summary>A random job: from one description its SQL, and a naive computation of what its table must be.</summary>
internal sealed record JobSpec(IReadOnlyList<string> Keys, string? Timeline, IReadOnlyList<AggregateSpec> Aggregates, FilterSpec? Filter, HavingSpec? Having)
{
    /// <summary>How far apart two deliveries of a record may be.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromMinutes(30);

    /// <summary>How long groups without events live, of jobs that have a time to live.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(2);

    public const string MinuteTimeline = "DATE_FORMAT(CAST(MAX(t) AS TIMESTAMP), 'HH:mm')";
    public const string ValueTimeline = "MAX(n)";

    public static JobSpec Random(Random random)
    {
        string[][] keys = [["k"], ["k", "g"], ["g"], []];
        var timeline = random.Next(3) switch { 0 => null, 1 => MinuteTimeline, _ => ValueTimeline };
        var aggregates = Enumerable.Range(0, random.Next(1, 5)).Select(_ => AggregateSpec.Random(random)).ToList();
        // Groups can be split if all that is distinct is of one argument.
        if (random.Next(3) > 0)
            aggregates = [new AggregateSpec("COUNT", "v", true, null), .. aggregates.Select(a => a with { IsDistinct = a.IsDistinct && a.Argument == "v" })];
        return new JobSpec(
            keys[random.Next(keys.Length)],
            timeline,
            aggregates,
            random.Next(3) == 0 ? new FilterSpec(random.Next(-3, 3)) : null,
            random.Next(2) == 0 ? new HavingSpec(random.Next(-2, 6)) : null);
    }

    /// <summary>The script. A table without a key to speak of is printed, and has one row.</summary>
    /// <param name="isSplit">Whether groups are split.</param>
    /// <param name="cells">How many entities the groups share; null for one each.</param>
    /// <param name="lives">Whether groups expire.</param>
    public string ToSql(bool isSplit, int? cells, bool lives)
    {
        var outputs = Keys.Select(k => (Name: $"out_{k}", Type: k == "k" ? "STRING" : "BIGINT", Text: k)).ToList();
        if (Timeline is not null)
            outputs.Add(("bucket", Timeline == MinuteTimeline ? "STRING" : "BIGINT", Timeline));
        var key = string.Join(", ", outputs.Select(o => o.Name));
        outputs.AddRange(Aggregates.Select((a, i) => ($"a{i}", a.Type, a.ToSql())));
        return $"""
            SET 'dedup.horizon' = '{Horizon.TotalMinutes} min';
            {(lives ? $"SET 'table.exec.state.ttl' = '{TimeToLive.TotalMinutes} min';" : "")}
            SET 'state.cells' = '{(cells is null ? "none" : $"{cells}")}';
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

    /// <summary>Another job into the same table: it reads other events, and makes other values of them.</summary>
    public JobSpec Edited(Random random) => this with
    {
        Filter = new FilterSpec(random.Next(-3, 3)),
        Aggregates = [.. Aggregates.Select(a => a with
        {
            Function = a.Function switch { "MIN" => "MAX", "MAX" => "MIN", "FIRST_VALUE" => "LAST_VALUE", "LAST_VALUE" => "FIRST_VALUE", var other => other },
        })],
    };

    /// <summary>The job with another HAVING, over the same state; null if it has none.</summary>
    public JobSpec? WithOtherHaving(Random random) => Having is null ? null : this with { Having = new HavingSpec(Having.Least + random.Next(1, 6) * (random.Next(2) == 0 ? 1 : -1)) };

    /// <summary>
    /// The rows that must be in the table at rest: per bucket b, the batch SQL over the events up to b. The rows of a life of the groups take the place of those of former
    /// lives; a row that a later life does not make stays.
    /// </summary>
    /// <param name="lives">The events of each life.</param>
    /// <returns>Each row under its key, null for one that must not be there.</returns>
    public SortedDictionary<string, string?> Table(IEnumerable<IEnumerable<Event>> lives)
    {
        var rows = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var events in lives)
            Add(events);
        return rows;

        void Add(IEnumerable<Event> events)
        {
            var groups = events
                .Where(e => Filter is null || Filter.Holds(e))
                .Where(e => !Keys.Any(k => Key(e, k) is null)) // would make the sink's key NULL: a dead letter
                .GroupBy(e => string.Join(" | ", Keys.Select(k => Key(e, k))));
            foreach (var group in groups)
            {
                if (Timeline is null)
                {
                    Put(group.Key, null, [.. group]);
                    continue;
                }

                // Of buckets that share a row the greatest wins.
                var shared = group.Select(Bucket).OfType<IComparable>().Distinct().GroupBy(Shown).Select(b => b.Max()!);
                foreach (var bucket in shared)
                    Put(group.Key, Shown(bucket), [.. group.Where(e => Bucket(e) is not { } b || b.CompareTo(bucket) <= 0)]);
            }
        }

        void Put(string key, string? bucket, IReadOnlyList<Event> part)
        {
            var whole = string.Join(" | ", new[] { key, bucket }.Where(t => !string.IsNullOrEmpty(t)));
            rows[whole] = Having is not null && !Having.Holds(part) ? null
                : string.Join(" | ", new[] { whole }.Where(t => t.Length > 0).Concat(Aggregates.Select(a => a.Of(part))));
        }
    }

    /// <summary>The key of a row that <see cref="Simulation.Table.Line"/> shows.</summary>
    public string KeyOf(string line) => string.Join(" | ", line.Split(" | ").Take(Keys.Count + (Timeline is null ? 0 : 1)));

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
