using System.Security.Cryptography;
using System.Text;
using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine;

/// <summary>What a job does, in words: what <c>serverless-sql explain</c> prints. It shows options as the script writes them, so no secret.</summary>
public static class Plan
{
    /// <summary>The plan's lines: what each is about, and what there is to say.</summary>
    public static IReadOnlyList<(string Label, string Text)> Of(Job job)
    {
        if (job.Dataflow is { } query)
            return Of(job, query);
        var lines = new List<(string, string)>
        {
            ("source", $"{job.Source.Name} ({job.Source.Connector}{Place(job.Source)})"),
            ("columns read", $"{Listed(job.Fields.Select(f => $"{f.Name} {f.Type}"))} ({job.Fields.Count} of {job.Source.Columns.Count})"),
            ("filter", TextOf(job.Filter)),
            ("group key", Listed(job.Keys.Select(k => k.Name == k.Scalar.ToString() ? k.Name : TextOf(k.Scalar)), "none: the whole table is one group")),
            ("aggregates", Listed(job.Aggregates.Select(a => a.Text))),
            ("timeline", job.Timeline is { } timeline
                ? $"one row per {TextOf(timeline.Bucket)}; a row is made of all events up to it"
                : "none: one row a group"),
            ("distinct split", Split(job)),
            ("having", TextOf(job.Having)),
            ("sink", SinkOf(job)),
        };
        lines.AddRange(job.Sink.Columns.Select((c, i) => ($"  {c.Name}", TextOf(job.Outputs[i]))));
        lines.Add(("fingerprint", Fingerprint(job)));
        return lines;
    }

    private static List<(string, string)> Of(Job job, Query query)
    {
        var outputs = RelationText.Outputs(query.Root, job.Outputs);
        var lines = new List<(string, string)>
        {
            (query.Sources.Count == 1 ? "source" : "sources", Listed(query.Sources.Select(s => $"{s.Name} ({s.Connector}{Place(s)})"))),
        };
        if (query.Lookups.Count > 0)
            lines.Add(("looked up", $"{Listed(query.Lookups.Select(l => $"{l.Name} ({l.Connector}{Place(l)})"))}: a row keeps what was found when its record was read"));
        lines.Add(("plan", RelationText.Tree(query.Root, job.Outputs)));
        lines.AddRange(StageText.Of(job, query));
        lines.Add(("rows", query.Root.IsAppendOnly ? "are only added" : "are added, changed and removed"));
        lines.Add(("sink", SinkOf(job)));
        lines.AddRange(job.Sink.Columns.Select((c, i) => ($"  {c.Name}", outputs[i])));
        lines.Add(("fingerprint", Fingerprint(job)));
        return lines;
    }

    private static string SinkOf(Job job) =>
        $"{job.Sink.Name} ({job.Sink.Connector}{Place(job.Sink)}), {(job.Sink.PrimaryKey.Count == 0 ? "no primary key" : $"key ({string.Join(", ", job.Sink.PrimaryKey.Select(k => job.Sink.Columns[k].Name))})")}";

    /// <summary>
    /// A short hash of all that decides a job's state: source, WHERE, key, arguments and aggregates. A job whose fingerprint changed starts again, never
    /// in the middle with state that means something else.
    /// </summary>
    public static string Fingerprint(Job job)
    {
        var text = new StringBuilder();
        if (job.Dataflow is { } query)
        {
            foreach (var (source, format) in query.Sources.Zip(query.Formats))
                text.AppendJoin('\n', source.Name, source.Connector, Place(source), Value(source, "generation"), format).Append('\n');
            foreach (var lookup in query.Lookups)
                text.AppendJoin('\n', lookup.Name, lookup.Connector, Place(lookup)).Append('\n');
            text.Append(job.Settings.Zone.Id).Append('\n').Append(RelationText.Canonical(query.Root, job.Outputs)).Append("\nKEY ").AppendJoin(' ', job.Sink.PrimaryKey);
            return Hash(text.ToString());
        }

        text.AppendJoin('\n', job.Source.Connector, Place(job.Source), Value(job.Source, "generation"), job.Format, job.Settings.Zone.Id);
        foreach (var field in job.Fields)
            text.Append('\n').Append(field.Name).Append(' ').Append(field.Type);
        text.Append("\nWHERE ").Append(job.Filter).Append(Rounded(job.Filter));
        foreach (var key in job.Keys)
            text.Append("\nKEY ").Append(key.Scalar).Append(Rounded(key.Scalar));
        foreach (var aggregate in job.Aggregates)
            text.Append('\n').Append(aggregate.Kind).Append(aggregate.IsDistinct ? " DISTINCT " : " ").Append(aggregate.Argument).Append(aggregate.Details).Append(' ').Append(aggregate.Type)
                .Append(aggregate is { IsDistinct: false, Kind: AggregateKind.Count or AggregateKind.Sum or AggregateKind.Avg } ? "" : Rounded(aggregate.Argument));
        text.Append("\nBUCKET ").Append(job.Timeline?.Bucket).Append(Rounded(job.Timeline?.Bucket));
        if (job.Settings.SplitDistinct == true)
            text.Append("\nSHARDS ").Append(job.Settings.SplitBuckets);
        return Hash(text.ToString());
    }

    // Where FLOATs and DOUBLEs are compared, state means the rounded numbers; that of programs that compared their texts means something else.
    private static string Rounded(Scalar? scalar) => scalar?.Any(s => s.Type.Kind is SqlKind.Float or SqlKind.Double) == true ? " ROUNDED" : "";

    /// <summary>
    /// A short hash of all that decides the rows that are made of a job's state: the sink's table, columns and options, HAVING and the outputs. A job for
    /// which it changed writes every row again.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="table">Where the rows are, and by which key.</param>
    /// <param name="options">The sink's options that decide what becomes of a row.</param>
    public static string OutputFingerprint(Job job, string table, string options)
    {
        var text = new StringBuilder();
        text.AppendJoin('\n', table, options);
        foreach (var (column, output) in job.Sink.Columns.Zip(job.Outputs))
            text.Append('\n').Append(column.Name).Append(' ').Append(column.Type).Append(" = ").Append(output);
        text.Append("\nHAVING ").Append(job.Having);
        return Hash(text.ToString());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    private static string Split(Job job)
    {
        if (!job.Aggregates.Any(a => a.IsDistinct))
            return "no distinct aggregate";
        var arguments = job.Aggregates.Where(a => a.IsDistinct).Select(a => a.Argument).Distinct().ToList();
        if (arguments.Count > 1)
            return "not possible: more than one distinct argument";
        return job.Settings.SplitDistinct switch
        {
            true => $"by {arguments[0]} into {job.Settings.SplitBuckets} shards",
            false => "off (table.optimizer.distinct-agg.split.enabled)",
            null => $"by {arguments[0]} into {job.Settings.SplitBuckets} shards where the host splits groups; one machine holds them whole",
        };
    }

    private static string TextOf(Scalar? scalar) => scalar is null ? "none" : PlanText.Readable(scalar).ToString()!;

    private static string Listed(IEnumerable<string> items, string none = "none") => string.Join(", ", items) is { Length: > 0 } text ? text : none;

    private static string Place(TableDefinition table) => Value(table, "topic", "topic-pattern", "path", "tablename", "table-name", "first-event.rate") is { Length: > 0 } place ? $" {place}" : "";

    private static string Value(TableDefinition table, params ReadOnlySpan<string> names) => table.Options.TryGet(out var option, names) ? option.Value : "";
}
