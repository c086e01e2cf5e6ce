using System.Globalization;
using System.Text;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.Tests;
using Serverless.Queries.Tests;

namespace Serverless.Simulation.Stages;

/// <summary>Random queries whose tables are changelogs: their records add rows, change them and take them away again.</summary>
internal static class ChangelogQuery
{
    private const int Tries = 1000;
    private const int MostStages = 6;
    private const int LeastRows = 2;

    /// <summary>Makes that of a seed.</summary>
    public static async Task<QueryStageJob> OfAsync(int seed, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            var query = new RandomQuery((seed * Tries) + i, isKeyed: true);
            var random = new Random(query.Seed);
            // The first is always one, the others may be.
            List<Form> forms = [.. query.Sources.Select((s, place) => s.IsVersioned || (place > 0 && random.Next(3) == 0) ? Form.Rows : random.Next(2) == 0 ? Form.Debezium : Form.Upsert)];
            var sql = query.Sources.Zip(forms).Aggregate(query.Script, (script, s) => script.Replace(s.First.Ddl, DdlOf(s.First, s.Second), StringComparison.Ordinal));
            var script = ScriptCompiler.Compile(new SourceText("query.sql", sql), new TestConnectors());
            // What goes by the order of records, or by their time, is refused.
            if (script.HasErrors || script.Jobs[0] is not { Dataflow: not null } job || new Engine.Runtime.StageRunner(job).Plan.Stages.Count is 0 or > MostStages)
                continue;
            var records = job.Sources.Select(s => query.Sources.Zip(forms).First(t => t.First.Name == s.Name)).Select(s => RecordsOf(s.First, s.Second, random)).ToList();
            if (!records.Where((_, source) => forms[query.Sources.ToList().FindIndex(t => t.Name == job.Sources[source].Name)] != Form.Rows).Any(r => r.Count > 0))
                continue;
            var made = new QueryStageJob(job, records, () => $"{sql}\n{string.Join('\n', records.SelectMany((r, source) => r.Select(x => $"{source}: {TextOf(x)}")))}");
            if ((await made.RowsAsync(cancellationToken)).Count >= LeastRows)
                return made;
        }

        throw new InvalidOperationException($"no query of changelogs among {Tries}");
    }

    private static string DdlOf(TestSource source, Form form) => form switch
    {
        Form.Debezium => source.Ddl.Replace("'format' = 'json'", "'format' = 'debezium-json'", StringComparison.Ordinal),
        Form.Upsert => source.Ddl
            .Replace(") WITH (", ", id BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (", StringComparison.Ordinal)
            .Replace("'kafka'", "'upsert-kafka'", StringComparison.Ordinal)
            .Replace("'format' = 'json'", "'key.format' = 'json', 'value.format' = 'json'", StringComparison.Ordinal),
        _ => source.Ddl,
    };

    private static List<Record> RecordsOf(TestSource source, Form form, Random random)
    {
        if (form == Form.Rows)
            return [.. source.Records.Select(r => r.ToRecord(source.Columns, random))];
        var offsets = new Dictionary<int, long>();
        var records = new List<Record>();
        // A few rows at a time, so that the changes of one are not one behind the other.
        foreach (var rows in source.Records.Index().Chunk(3))
            for (var changes = rows.Select(r => new Queue<(byte[]? Key, byte[]? Value)>(form == Form.Debezium ? Changes(r.Item) : Versions(r.Index, r.Item))).ToList(); changes.Exists(c => c.Count > 0);)
            {
                var place = random.Next(changes.Count);
                if (!changes[place].TryDequeue(out var change))
                    continue;
                var partition = rows[place].Item.Partition;
                records.Add(new Record(partition, offsets.GetValueOrDefault(partition), rows[place].Item.Timestamp, change.Value) { Key = change.Key });
                offsets[partition] = offsets.GetValueOrDefault(partition) + 1;
            }

        return records;

        string Any() => JsonOf(source.Records[random.Next(source.Records.Count)]);

        string JsonOf(TestRecord record) => Encoding.UTF8.GetString(record.ToRecord(source.Columns, random).Value!);

        IEnumerable<(byte[]?, byte[]?)> Changes(TestRecord record)
        {
            var (own, other) = (JsonOf(record), Any());
            string[] values = random.Next(4) switch
            {
                0 => [Change("c", "null", other), Change("u", other, own)],
                1 => [Change("c", "null", own), Change("d", own, "null"), ""],
                _ => [Change("r", "null", own)],
            };
            return values.Select(v => ((byte[]?)null, v.Length == 0 ? null : Encoding.UTF8.GetBytes(v)));
        }

        static string Change(string operation, string before, string after) => $$"""{"before":{{before}},"after":{{after}},"op":"{{operation}}"}""";

        IEnumerable<(byte[]?, byte[]?)> Versions(int id, TestRecord record)
        {
            string[] values = random.Next(4) switch { 0 => [Any(), JsonOf(record)], 1 => [JsonOf(record), ""], 2 => [Any(), "", JsonOf(record)], _ => [JsonOf(record)] };
            var key = Encoding.UTF8.GetBytes($$"""{"id":{{id}}}""");
            return values.Select(v => ((byte[]?)key, v.Length == 0 ? null : Encoding.UTF8.GetBytes(v == "{}" ? $$"""{"id":{{id}}}""" : $$"""{{v[..^1]}},"id":{{id}}}""")));
        }
    }

    private static string TextOf(Record record) => string.Create(
        CultureInfo.InvariantCulture, $"{record.Partition}@{record.Offset} {Encoding.UTF8.GetString(record.Key ?? [])} {(record.Value is null ? "NULL" : Encoding.UTF8.GetString(record.Value))}");

    private enum Form
    {
        Rows,
        Debezium,
        Upsert,
    }
}
