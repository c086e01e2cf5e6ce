using Serverless.Connectors.Kafka;
using Serverless.Engine.Formats;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>kafka</c>: a topic that events are read from, or rows are appended to.</summary>
internal sealed class KafkaConnector : TopicConnector
{
    private const char Separator = ';';
    private const string Unbounded = "a topic is read on and on; stop the job when it has read what you want";

    public override string Name => "kafka";

    public override bool IsAppendOnly => true;

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Used("topic", Topics),
        OptionRule.Used(TopicPattern.Option, TopicPattern.Check) with { Use = TableUse.Source },
        OptionRule.Used(TopicPattern.Interval, OptionChecks.Duration) with { Use = TableUse.Source },
        OptionRule.Used(
            "scan.startup.mode",
            OptionChecks.OneOf("earliest-offset", "latest-offset", "group-offsets", "timestamp", "specific-offsets")) with { Use = TableUse.Source },
        OptionRule.Used("scan.startup.timestamp-millis", OptionChecks.Milliseconds) with { Use = TableUse.Source },
        OptionRule.Used("scan.startup.specific-offsets", StartupPosition.CheckOffsets) with { Use = TableUse.Source },
        OptionRule.Used("scan.bounded.mode", value => value.ToUpperInvariant() is "UNBOUNDED" or "LATEST-OFFSET" or "GROUP-OFFSETS" ? null : $"can only be 'unbounded' or 'latest-offset': {Unbounded}") with { Use = TableUse.Source },
        OptionRule.Refused("scan.bounded.timestamp-millis", Unbounded),
        OptionRule.Refused("scan.bounded.specific-offsets", Unbounded),
        .. Common,
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (use == TableUse.Source && table.Options.TryGet(out var mode, "scan.startup.mode"))
        {
            Needs("timestamp", "scan.startup.timestamp-millis");
            Needs("specific-offsets", "scan.startup.specific-offsets");
        }
        table.Options.TryGet(out var topic, "topic");
        var hasPattern = table.Options.TryGet(out var pattern, TopicPattern.Option) && use == TableUse.Source;
        if (topic is null && !hasPattern)
            diagnostics.Error(table.Span, $"'{Name}' table '{table.Name}' needs the option 'topic'");
        if (topic is not null && hasPattern)
            diagnostics.Error(pattern!.NameSpan, $"'topic' and '{TopicPattern.Option}' say the same; keep one");
        if (use == TableUse.Source && !hasPattern && table.Options.TryGet(out var interval, TopicPattern.Interval))
            diagnostics.Notice(interval.NameSpan, $"'{interval.Name}' is ignored: {NewPartitions}");
        if (use == TableUse.Source && table.Options.TryGet(out var bounded, "scan.bounded.mode") && !bounded.Value.Equals("unbounded", StringComparison.OrdinalIgnoreCase))
            diagnostics.Notice(bounded.ValueSpan, $"'{bounded.Name}' = '{bounded.Value}': {Unbounded} (run it with --until-idle)");
        if (use == TableUse.Sink && topic is not null && topic.Value.Contains(Separator))
            diagnostics.Error(topic.ValueSpan, "'topic' must name one topic to write to");
        base.CheckTogether(table, use, diagnostics);

        void Needs(string value, string other)
        {
            if (mode.Value.Equals(value, StringComparison.OrdinalIgnoreCase) && !table.Options.TryGet(out _, other))
                diagnostics.Error(mode.ValueSpan, $"'scan.startup.mode' = '{value}' needs the option '{other}'");
        }
    }

    /// <summary>A table of several topics stands for one table of each, under its name.</summary>
    public override ConnectorTraits TraitsOf(TableDefinition table)
    {
        var isChangelog = TableFormats.ChangelogOf(TableFormats.NameOf(table)) is not null;
        var traits = base.TraitsOf(table) with
        {
            IsAppendOnly = !isChangelog,
            TakesChanges = isChangelog,
            FindsTopics = TopicPattern.IsOf(table),
            Instead = "Write them to an 'upsert-kafka' table with a PRIMARY KEY, whose last record of a key is its row, to a 'kafka' table in the format 'debezium-json', whose records say what is added and what is taken away, or to a database's table",
        };
        var topics = table.Options.TryGet(out var topic, "topic") ? topic.Value.Split(Separator, StringSplitOptions.TrimEntries) : [];
        if (topics.Length < 2)
            return traits;
        TableDefinition Of(string name) => table with { Options = new TableOptions([.. table.Options.All.Select(o => o == topic ? o with { Value = name } : o)]) };
        return traits with { Parts = [.. topics.Distinct().Select(Of)] };
    }

    private static string? Topics(string value) => value.Split(Separator, StringSplitOptions.TrimEntries).Select(Topic).FirstOrDefault(wrong => wrong is not null);

    internal static string? Topic(string value) => value switch
    {
        _ when string.IsNullOrWhiteSpace(value) => "must not be empty",
        _ when value.Contains(';') || value.Contains(',') => "must name one topic; several in 'topic' have ';' between them",
        _ when value.Length > 249 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') =>
            "must be a topic's name: letters, digits, '.', '_' and '-'",
        _ => null,
    };
}
