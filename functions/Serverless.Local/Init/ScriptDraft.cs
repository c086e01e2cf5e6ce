using System.Globalization;
using System.Text;

namespace Serverless.Local.Init;

/// <summary>A script for events like those of a sample: a source with their fields, and a table of counts and sums by what is probably the key.</summary>
internal static class ScriptDraft
{
    private const int MostSums = 6;

    private static readonly string[] Kinds = ["id", "code", "type", "kind", "status", "level", "key"];

    /// <summary>Returns the script.</summary>
    /// <param name="sample">The events.</param>
    /// <param name="topic">The topic that they come from.</param>
    /// <param name="sink">What the table is in: <c>hologres</c>, <c>mysql</c>, <c>postgresql</c> or <c>print</c>.</param>
    public static string Of(Sample sample, string topic, string sink)
    {
        var isIso = sample.Fields.SelectMany(Flat).Count(c => c.Field.IsIso) is > 0 and var iso && iso >= sample.Fields.SelectMany(Flat).Count(c => c.Field.TypeOf(false)?.StartsWith("TIMESTAMP", StringComparison.Ordinal) == true);
        List<Column> columns = [.. sample.Fields.SelectMany(Flat).Where(c => c.Field.TypeOf(isIso) is not null).Select(c => c with { Type = c.Field.TypeOf(isIso)! })];
        var key = KeyOf(columns, sample.Events);
        var day = columns.Find(c => c.Type == "DATE" && c != key) ?? columns.Find(c => c.Type.StartsWith("TIMESTAMP", StringComparison.Ordinal) && c != key);
        var outputs = OutputsOf(columns, key, day);
        var source = SqlName.PlainOf(topic);
        var table = $"{source}_by_{(key is null ? "day" : SqlName.PlainOf(key.Name))}";

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"-- A draft, made of {sample.Events:N0} event{(sample.Events == 1 ? "" : "s")}: the types, the key and what is computed are guesses.\n");
        text.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {SqlName.Of(source)} (\n  {string.Join(",\n  ", sample.Fields.Where(f => f.TypeOf(isIso) is not null).Select(f => $"{SqlName.Of(f.Name)} {f.TypeOf(isIso)}"))}\n) WITH (\n");
        text.Append(CultureInfo.InvariantCulture, $"  'connector' = 'kafka',\n  'topic' = '{topic.Replace("'", "''", StringComparison.Ordinal)}',\n  'properties.bootstrap.servers' = '${{KAFKA_BROKERS}}',\n  'scan.startup.mode' = 'earliest-offset',\n");
        text.Append(CultureInfo.InvariantCulture, $"  'format' = 'json'{(isIso ? ",\n  'json.timestamp-format.standard' = 'ISO-8601'" : "")}\n);\n\n");
        var primaryKey = outputs.Where(o => o.IsKey).Select(o => SqlName.Of(o.Name));
        text.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {SqlName.Of(table)} (\n  {string.Join(",\n  ", outputs.Select(o => $"{SqlName.Of(o.Name)} {o.Type}"))},\n  PRIMARY KEY ({string.Join(", ", primaryKey)}) NOT ENFORCED\n) WITH (\n");
        text.Append(CultureInfo.InvariantCulture, $"  {string.Join(",\n  ", SinkOptions(sink, table))}\n);\n\n");
        text.Append(CultureInfo.InvariantCulture, $"INSERT INTO {SqlName.Of(table)}\nSELECT\n  {string.Join(",\n  ", outputs.Select(o => o.Expression))}\nFROM {SqlName.Of(source)}\n");
        text.Append(CultureInfo.InvariantCulture, $"GROUP BY {string.Join(", ", outputs.Where(o => o.IsKey).Select(o => o.Expression))};\n");
        return text.ToString();
    }

    private static IEnumerable<Column> Flat(FieldSample field) => Flat(field, [], []);

    private static IEnumerable<Column> Flat(FieldSample field, string[] path, string[] names)
    {
        string[] at = [.. path, SqlName.Of(field.Name)];
        string[] called = [.. names, field.Name];
        return field.IsRow ? field.Fields.SelectMany(f => Flat(f, at, called)) : [new Column(string.Join('_', called), string.Join('.', at), field, "")];
    }

    // Of the texts that repeat, the one with the fewest values; else a number whose name says that it tells kinds apart; else whatever there is.
    private static Column? KeyOf(List<Column> columns, int events)
    {
        var whole = columns.Where(c => c.Field.Count == events).ToList();
        return whole.Where(c => c.Type == "STRING" && c.Field.Distinct < events).OrderBy(c => c.Field.Distinct == 1).ThenBy(c => c.Field.Distinct).FirstOrDefault()
            ?? whole.Where(c => c.Type == "BIGINT" && c.Field.Distinct < events && IsKind(c)).MinBy(c => c.Field.Distinct)
            ?? whole.Find(c => c.Type == "STRING")
            ?? columns.Find(c => c.Type is "STRING" or "BIGINT" or "BOOLEAN");
    }

    private static bool IsKind(Column column) => Kinds.Any(k => column.Name.EndsWith(k, StringComparison.OrdinalIgnoreCase));

    private static List<Output> OutputsOf(List<Column> columns, Column? key, Column? day)
    {
        var outputs = new List<Output>();
        if (key is not null)
            Add(key.Name, key.Expression, key.Type, isKey: true);
        if (day is not null)
            Add(day.Type == "DATE" ? day.Name : "event_date", day.Type == "DATE" ? day.Expression : $"CAST({day.Expression} AS DATE)", "DATE", isKey: true);
        if (outputs.Count == 0)
            throw new CommandException("the events have no field to group by: init needs a text, a whole number or a time among their fields");
        Add("events", "COUNT(*)", "BIGINT");
        foreach (var column in columns.Where(c => c != key && !IsKind(c) && (c.Type is "BIGINT" or "DOUBLE" || c.Type.StartsWith("DECIMAL", StringComparison.Ordinal))).Take(MostSums))
            Add($"total_{column.Name}", $"SUM({column.Expression})", column.Type.StartsWith("DECIMAL", StringComparison.Ordinal) ? $"DECIMAL(38,{column.Type.Split(',')[1]}" : column.Type);
        if (columns.Where(c => c != key && (c.Type == "STRING" || (c.Type == "BIGINT" && IsKind(c)))).MaxBy(c => c.Field.Distinct) is { } many)
            Add($"distinct_{many.Name}", $"COUNT(DISTINCT {many.Expression})", "BIGINT");
        return outputs;

        void Add(string name, string expression, string type, bool isKey = false)
        {
            while (outputs.Exists(o => o.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                name += "_";
            outputs.Add(new Output(name, expression, type, isKey));
        }
    }

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

    private sealed record Column(string Name, string Expression, FieldSample Field, string Type);

    private sealed record Output(string Name, string Expression, string Type, bool IsKey);
}
