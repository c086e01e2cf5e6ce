using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Serverless.Local.Display;

/// <summary>How far jobs are, to be drawn: a row a job, or, where that is too wide, a few lines a job.</summary>
internal static class ProgressTable
{
    private const int LeastWidth = 76;
    private const int WidestName = 24;

    private static readonly string[] Names = ["records", "records/s", "lag", "groups", "rows waiting", "rows written", "dead letters"];

    /// <summary>Draws it.</summary>
    /// <param name="rates">The jobs.</param>
    /// <param name="width">The columns there are.</param>
    public static IRenderable Of(IReadOnlyList<Rate> rates, int width) => width >= LeastWidth ? Wide(rates) : Narrow(rates);

    private static Table Wide(IReadOnlyList<Rate> rates)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn("job").NoWrap());
        foreach (var name in Names)
            table.AddColumn(new TableColumn(new Markup(name.Replace(' ', '\n'))).RightAligned());
        foreach (var rate in rates)
            table.AddRow([new Text(Short(rate.Job.Job)), .. ValuesOf(rate)]);
        return table;
    }

    private static Grid Narrow(IReadOnlyList<Rate> rates)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned());
        foreach (var rate in rates)
        {
            grid.AddRow(new Text(Short(rate.Job.Job), new Style(decoration: Decoration.Bold)), Text.Empty);
            foreach (var (name, value) in Names.Zip(ValuesOf(rate)))
                grid.AddRow(new Text($" {name}"), value);
        }
        return grid;
    }

    private static IEnumerable<IRenderable> ValuesOf(Rate rate)
    {
        var job = rate.Job;
        yield return Count(job.Records);
        yield return Count(rate.Measure());
        yield return Count(job.Lag);
        yield return Count(job.Groups);
        yield return Count(job.RowsPending);
        yield return Count(job.RowsWritten);
        yield return Count(job.DeadLetters, job.DeadLetters > 0 ? Color.Red : Color.Default);
    }

    private static Text Count(long number, Color? color = null) => new(number.ToString("N0", CultureInfo.InvariantCulture), color);

    private static string Short(string name) => name.Length <= WidestName ? name : $"{name[..(WidestName - 1)]}…";
}
