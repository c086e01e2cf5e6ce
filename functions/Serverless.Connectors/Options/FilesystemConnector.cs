using Serverless.Connectors.Files;
using Serverless.Engine.Formats;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary><c>filesystem</c>: one file of lines, read to its end or appended to.</summary>
internal sealed class FilesystemConnector : Connector
{
    public override string Name => "filesystem";

    public override bool IsSource => true;

    public override bool IsSink => true;

    public override bool IsAppendOnly => true;

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Required("path", value => FilePath.TryParse(value, out _) ? null : "must be the path of a file on this machine"),
        .. FormatOptions.OfValue,
        OptionRule.Used("generation", OptionChecks.NotEmpty) with { Use = TableUse.Source },
        .. OptionRule.Ignored("dead letters of a file go to the table 'dead_letters'", "dead-letter.topic"),
        OptionRule.Refused("source.monitor-interval", "a file is read to its end, once; use a 'kafka' table for what goes on"),
        OptionRule.Refused("source.path.regex-pattern", "name one file"),
        OptionRule.Refused("source.report-statistics", "leave it out"),
        .. OptionRule.Ignored(
            "one file is appended to",
            "sink.rolling-policy.file-size", "sink.rolling-policy.rollover-interval", "sink.rolling-policy.check-interval",
            "sink.rolling-policy.inactivity-interval", "auto-compaction", "compaction.file-size", "compaction.parallelism"),
        .. OptionRule.Ignored(
            "there are no partitions of files",
            "partition.default-name", "partition.time-extractor.kind", "partition.time-extractor.class",
            "partition.time-extractor.timestamp-pattern", "partition.time-extractor.timestamp-formatter", "sink.partition-commit.trigger",
            "sink.partition-commit.delay", "sink.partition-commit.policy.kind", "sink.partition-commit.policy.class",
            "sink.partition-commit.success-file.name", "sink.partition-commit.watermark-time-zone", "sink.shuffle-by-partition.enable"),
        .. OptionRule.Ignored(NoSubtasks, "scan.parallelism"),
        .. SinkOptions,
    ];

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (table.Options.TryGet(out var format, "format", "value.format") && TableFormats.Names.Contains(TableFormats.NameOf(table)) && (use == TableUse.Sink ? TableFormats.NameOf(table) is not ("json" or "csv") : !FormatOptions.OfLines.Contains(TableFormats.NameOf(table))))
            diagnostics.Error(format.ValueSpan, use == TableUse.Sink ? "a file is written as lines of 'json' or 'csv'" : $"'{format.Value}' is no format of lines; a file is read as {string.Join(", ", FormatOptions.OfLines)}");
        else
            FormatOptions.Check(table, use, false, diagnostics);
    }
}
