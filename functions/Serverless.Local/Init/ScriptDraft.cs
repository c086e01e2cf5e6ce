using System.Globalization;

namespace Serverless.Local.Init;

/// <summary>A script for events like those of a sample: a source with their fields, and a table of counts and sums by what is probably the key.</summary>
internal static class ScriptDraft
{
    /// <summary>Returns the script.</summary>
    /// <param name="sample">The events.</param>
    /// <param name="topic">The topic that they come from.</param>
    /// <param name="sink">What the table is in: <c>hologres</c>, <c>mysql</c>, <c>postgresql</c> or <c>print</c>.</param>
    /// <exception cref="CommandException">The events have nothing to group by.</exception>
    public static string Of(Sample sample, string topic, string sink)
    {
        var isIso = IsIso(sample);
        List<SampleColumn> columns = [.. sample.Fields.SelectMany(f => SampleColumn.Of(f, isIso)).Where(c => c.Type is not null)];
        var guess = QueryGuess.Of(columns, sample.Events);
        var source = SqlName.PlainOf(topic);
        var table = $"{source}_by_{(guess.Key is { } key ? SqlName.PlainOf(key.Name) : "day")}";
        var count = sample.Events.ToString("N0", CultureInfo.InvariantCulture);
        return $"""
            -- A draft, made of {count} event{(sample.Events == 1 ? "" : "s")}: the types, the key and what is computed are guesses.
            CREATE TABLE {SqlName.Of(source)} (
              {Lines(sample.Fields.Select(f => (f.Name, Type: f.TypeOf(isIso))).Where(f => f.Type is not null).Select(f => $"{SqlName.Of(f.Name)} {f.Type}"))}
            ) WITH (
              {Lines(SourceOptions(topic, isIso))}
            );

            CREATE TABLE {SqlName.Of(table)} (
              {Lines([.. guess.Outputs.Select(o => $"{SqlName.Of(o.Name)} {o.Type}"), $"PRIMARY KEY ({List(guess, o => SqlName.Of(o.Name))}) NOT ENFORCED"])}
            ) WITH (
              {Lines(SinkOptions(sink, table))}
            );

            INSERT INTO {SqlName.Of(table)}
            SELECT
              {Lines(guess.Outputs.Select(o => o.Expression))}
            FROM {SqlName.Of(source)}
            GROUP BY {List(guess, o => o.Expression)};

            """.ReplaceLineEndings("\n");
    }

    // A table reads all of its timestamps in one form: the one that most have.
    private static bool IsIso(Sample sample)
    {
        var iso = sample.Fields.SelectMany(f => SampleColumn.Of(f, isIso: true)).Count(c => c.IsTimestamp);
        return iso > 0 && iso >= sample.Fields.SelectMany(f => SampleColumn.Of(f, isIso: false)).Count(c => c.IsTimestamp);
    }

    private static string Lines(IEnumerable<string> parts) => string.Join(",\n  ", parts);

    private static string List(QueryGuess guess, Func<QueryOutput, string> text) => string.Join(", ", guess.Outputs.Where(o => o.IsKey).Select(text));

    private static string[] SourceOptions(string topic, bool isIso) =>
    [
        "'connector' = 'kafka'", $"'topic' = '{topic.Replace("'", "''", StringComparison.Ordinal)}'", "'properties.bootstrap.servers' = '${KAFKA_BROKERS}'",
        "'scan.startup.mode' = 'earliest-offset'", "'format' = 'json'", .. isIso ? ["'json.timestamp-format.standard' = 'ISO-8601'"] : Array.Empty<string>(),
    ];

    private static string[] SinkOptions(string sink, string table) => sink switch
    {
        "hologres" =>
        [
            "'connector' = 'hologres'", "'endpoint' = '${HOLOGRES_ENDPOINT}'", "'dbname' = '${HOLOGRES_DATABASE}'", $"'tablename' = '{table}'",
            "'username' = '${HOLOGRES_USERNAME}'", "'password' = '${HOLOGRES_PASSWORD}'", "'mutatetype' = 'insertorupdate'",
        ],
        "mysql" => Jdbc("mysql", "MYSQL", table),
        "postgresql" => Jdbc("postgresql", "POSTGRES", table),
        _ => ["'connector' = 'print'"],
    };

    private static string[] Jdbc(string kind, string prefix, string table) =>
    [
        "'connector' = 'jdbc'", $"'url' = 'jdbc:{kind}://${{{prefix}_HOST}}/${{{prefix}_DATABASE}}'", $"'table-name' = '{table}'",
        $"'username' = '${{{prefix}_USERNAME}}'", $"'password' = '${{{prefix}_PASSWORD}}'",
    ];
}
