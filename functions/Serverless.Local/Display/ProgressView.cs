using System.Diagnostics;
using System.Globalization;
using Serverless.Local.Running;
using Spectre.Console;

namespace Serverless.Local.Display;

/// <summary>Shows how far the jobs are while they run: a table in a terminal, elsewhere a line now and then.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows it while something is done.</summary>
    public static async Task ShowWhileAsync(Terminal terminal, IReadOnlyList<JobProgress> jobs, Func<Task> action)
    {
        using var done = new CancellationTokenSource();
        var view = ShowAsync(terminal, jobs, done.Token);
        try
        {
            await action();
        }
        finally
        {
            await done.CancelAsync();
            await view;
        }
    }

    private static async Task ShowAsync(Terminal terminal, IReadOnlyList<JobProgress> jobs, CancellationToken done)
    {
        var rates = jobs.Select(j => new Rate(j)).ToArray();
        if (terminal.ErrorConsole is { } console)
            await console.Live(TableOf(rates)).AutoClear(true).StartAsync(context => EveryAsync(TableInterval, () => context.UpdateTarget(TableOf(rates)), done));
        else
            await EveryAsync(LineInterval, () => PrintLines(terminal, rates), done);
    }

    private static async Task EveryAsync(TimeSpan interval, Action action, CancellationToken done)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
                action();
        }
        catch (OperationCanceledException)
        {
            // Shown to the end.
        }
    }

    private static void PrintLines(Terminal terminal, Rate[] rates)
    {
        foreach (var rate in rates)
            if (rate.Measure() is { } perSecond)
                terminal.Note($"{rate.Job.Job}: {Count(rate.Job.Records)} records ({Count(perSecond)}/s), lag {Count(rate.Job.Lag)}, groups {Count(rate.Job.Groups)}, "
                    + $"rows written {Count(rate.Job.RowsWritten)}, dead letters {Count(rate.Job.DeadLetters)}");
    }

    private static Table TableOf(Rate[] rates)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("job");
        foreach (var column in new[] { "records", "records/s", "lag", "groups", "rows waiting", "rows written", "dead letters" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var rate in rates)
        {
            var perSecond = rate.Measure() ?? 0;
            var job = rate.Job;
            var letters = job.DeadLetters == 0 ? "0" : $"[red]{Count(job.DeadLetters)}[/]";
            table.AddRow(
                Markup.Escape(job.Job), Count(job.Records), Count(perSecond), Count(job.Lag), Count(job.Groups), Count(job.RowsPending), Count(job.RowsWritten), letters);
        }
        return table;
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    // The records of a job since it was last looked at.
    private sealed class Rate(JobProgress job)
    {
        private long _records;
        private long _at = Stopwatch.GetTimestamp();

        public JobProgress Job { get; } = job;

        /// <summary>Records per second; null where none came.</summary>
        public long? Measure()
        {
            var (records, at) = (Job.Records, Stopwatch.GetTimestamp());
            var (came, seconds) = (records - _records, Stopwatch.GetElapsedTime(_at, at).TotalSeconds);
            (_records, _at) = (records, at);
            return came == 0 || seconds == 0 ? null : (long)(came / seconds);
        }
    }
}
