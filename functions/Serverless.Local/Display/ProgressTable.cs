using System.Globalization;
using Serverless.Local.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Serverless.Local.Display;

/// <summary>How far jobs are, to be drawn: a row a job, or, where that is too wide, a few lines a job.</summary>
internal static class ProgressTable
{
    private const int WidestName = 24;

    private static readonly string[] Names = ["records", "records/s", "lag", "groups", "rows waiting", "rows written", "dead letters", "sink"];

    /// <summary>Draws it.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="width">The columns there are.</param>
    /// <param name="language">The language of what it names.</param>
    public static IRenderable Of(IReadOnlyList<JobProgress> jobs, int width, Language language)
    {
        List<Cell[]> rows = [.. jobs.Select(j => (Cell[])[new(Short(j.Job), Color.Default), .. CellsOf(j, language)])];
        string[] names = [.. Names.Select(n => language[n])];
        // In two lines, so that all of them fit into 80 columns.
        string[] headings = [language["job"], .. names.Select(n => n.Replace("/s", "\n/s", StringComparison.Ordinal).Replace(' ', '\n'))];
        var needed = 1 + headings.Select((h, i) => 2 + rows.Select(r => r[i].Text.GetCellWidth()).Append(h.Split('\n').Max(l => l.GetCellWidth())).Max()).Sum();
        return needed <= width ? Wide(rows, headings) : Narrow(rows, names);
    }

    private static Table Wide(List<Cell[]> rows, string[] headings)
    {
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (var (heading, i) in headings.Select((h, i) => (h, i)))
            table.AddColumn(new TableColumn(new Text(heading)) { NoWrap = true, Padding = new Padding(0, 0, 1, 0), Alignment = i == 0 ? Justify.Left : Justify.Right });
        foreach (var row in rows)
            table.AddRow(row.Select(c => new Text(c.Text, c.Color)));
        return table;
    }

    private static Rows Narrow(List<Cell[]> rows, string[] names) => new(rows.Select(row =>
    {
        var line = new Paragraph().Append($"{row[0].Text}:");
        for (var i = 0; i < names.Length; i++)
            line.Append($"{(i == 0 ? "" : ",")} {names[i]} ").Append(row[i + 1].Text, row[i + 1].Color);
        return line;
    }));

    private static IEnumerable<Cell> CellsOf(JobProgress job, Language language)
    {
        foreach (var number in new long?[] { job.Records, (long)Math.Ceiling(job.RateAt(TimeProvider.System) ?? 0) })
            yield return new Cell(Count(number), Color.Default);
        // Who cannot be read from does not say how much is left.
        yield return job.Source.IsUp is false ? new Cell(language["down"], Color.Red) : new Cell(Count(job.Lag), Color.Default);
        foreach (var number in new long?[] { job.Groups, job.RowsPending, job.RowsWritten })
            yield return new Cell(Count(number), Color.Default);
        yield return new Cell(Count(job.DeadLetters), job.DeadLetters > 0 ? Color.Red : Color.Default);
        yield return job.Sink.IsUp switch
        {
            true => new Cell(language["up"], Color.Green),
            false => new Cell(language["down"], Color.Red),
            null => new Cell("–", Color.Default),
        };
    }

    private static string Count(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";

    private static string Short(string name) => name.Length <= WidestName ? name : $"{name[..(WidestName - 1)]}…";

    private readonly record struct Cell(string Text, Color Color);
}
