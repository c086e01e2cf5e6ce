using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Rows of windows for a table that only takes rows that are added: each is written when the watermark has passed its window, as Flink writes it.</summary>
internal sealed class WatermarkBinder(QueryBinder queries)
{
    /// <summary>Returns the query's rows as rows that are only added; null if they belong to no windows, or after an error.</summary>
    public WatermarkRelation? Bind(Relation rows, Identifier sink)
    {
        if (WindowEnd.Of(rows) is not { } window)
            return null;
        var sources = new List<SourceWatermark>();
        var below = RequiredColumns.InputsFirst(rows);
        foreach (var scan in below.OfType<ScanRelation>())
        {
            if (Time(scan, window, below, sink) is not { } time)
                return null;
            sources.Add(new SourceWatermark(scan, time, scan.UseMetadata(SourceField.Metadata["topic"]), scan.UseMetadata(SourceField.Metadata["partition"]), scan.Timestamp, IdleTimeout(scan.Table)));
        }

        var tables = string.Join(" and ", sources.Select(s => $"'{s.Scan.Table.Name}'").Distinct());
        queries.Diagnostics.Notice(sink.Span, $"a window's rows are written to '{sink.Text}' once the watermark of {tables} has passed its end; if a record comes later than that, the row that it corrects is written once more");
        return new WatermarkRelation(rows, window.End, sources);
    }

    private Scalar? Time(ScanRelation scan, WindowEnd window, IReadOnlyList<Relation> below, Identifier sink)
    {
        var table = queries.Script.Tables.Values.FirstOrDefault(t => t.Definition.Name == scan.Table.Name);
        var watermark = table?.Statement?.Watermark;
        var of = table is null ? [] : new[] { new FromBinder(queries, null).Of(table, scan, table.Definition.Name) };
        var binder = new ExpressionBinder(new Scope(of), queries.Settings, queries.Diagnostics, "WATERMARK", null) { RecordTimestamp = scan.Timestamp };
        // Windows of PROCTIME() go by the records' timestamps, whatever column the table's watermark is of.
        var clock = binder.Convert(scan.Timestamp, SqlType.Timestamp(3), sink.Span);
        var isOfClock = IsMadeOf(window.Time, scan.Timestamp, below);
        if (watermark is null && !isOfClock)
        {
            queries.Diagnostics.Error(sink.Span, $"a window's rows are written to '{sink.Text}' when the watermark has passed its end, and '{scan.Table.Name}' has none: add WATERMARK FOR ts AS ts - INTERVAL '5' SECOND to it, with its time for ts");
            return null;
        }

        if (watermark is null)
            return clock;
        var time = new WindowBinder(queries, null).Time(Written(watermark), binder);
        queries.Diagnostics.Withdraw(watermark.Span);
        return time is not null && isOfClock && !IsMadeOf(time, scan.Timestamp, below) ? clock : time;
    }

    private long? IdleTimeout(TableDefinition table)
    {
        var timeout = table.Options.TryGet(out var option, "scan.watermark.idle-timeout") && FlinkDuration.TryParse(option.Value, out var own) ? own : queries.Settings.SourceIdleTimeout;
        return timeout > TimeSpan.Zero ? timeout.Ticks : null;
    }

    /// <summary>The watermark's expression; of Blink's <c>withOffset(ts, 2000)</c> and of <c>SOURCE_WATERMARK()</c>, which have no meaning of their own here, what they stand for.</summary>
    private static ExpressionSyntax Written(WatermarkSyntax watermark) => watermark.Time switch
    {
        CallSyntax { Arguments: [var time, LiteralSyntax { Kind: LiteralKind.Number } offset] } call when Is(call, "withOffset") && long.TryParse(offset.Text, out var milliseconds) =>
            new BinarySyntax(call.Span, "-", call.Span, time, new IntervalSyntax(call.Span, (milliseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture), "SECOND")),
        CallSyntax call when Is(call, "SOURCE_WATERMARK") => new NameSyntax(watermark.Column.Span, [watermark.Column]),
        var expression => expression,
    };

    private static bool Is(CallSyntax call, string name) => call.Name.Text.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an expression reads a column of a source, itself or through what queries in between make of it.</summary>
    private static bool IsMadeOf(Scalar scalar, Scalar column, IReadOnlyList<Relation> below) =>
        scalar.Equals(column) || scalar.Any(s => s.Equals(column))
        || RequiredColumns.ColumnsOf(scalar).Any(id => below.OfType<ProjectRelation>().SelectMany(p => p.Items).Any(i => i.Column.Id == id && IsMadeOf(i.Scalar, column, below)));
}
