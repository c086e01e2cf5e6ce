using System.Globalization;
using Serverless.Local.Display.Events;
using Serverless.Local.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Serverless.Local.Display;

/// <summary>Shows how far the jobs are while they run: a table in a terminal, elsewhere a line now and then.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows it while something is done.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="action">What is done.</param>
    /// <param name="above">In a terminal, what to draw above the table in so many lines.</param>
    public static async Task ShowWhileAsync(Terminal terminal, IReadOnlyList<JobProgress> jobs, Func<Task> action, Func<int, IReadOnlyList<IRenderable>>? above = null)
    {
        using var done = new CancellationTokenSource();
        var view = ShowAsync(terminal, jobs, above, done.Token);
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

    /// <summary>How far a job is, in a line.</summary>
    /// <param name="job">The job.</param>
    /// <param name="perSecond">The records it reads in a second.</param>
    public static Message LineOf(JobProgress job, long perSecond)
    {
        var records = job.Records;
        return $"{job.Job}: {Count(records)} record{(records == 1 ? "" : "s")} ({Count(perSecond)}/s), lag {Count(job.Lag)}, groups {Count(job.Groups)}, rows written {Count(job.RowsWritten)}, dead letters {Count(job.DeadLetters)}";
    }

    private static async Task ShowAsync(Terminal terminal, IReadOnlyList<JobProgress> jobs, Func<int, IReadOnlyList<IRenderable>>? above, CancellationToken done)
    {
        if (terminal.OpenLive() is not { } region)
        {
            var told = jobs.Select(j => j.Records).ToArray();
            await EveryAsync(LineInterval, () => PrintLines(terminal, jobs, told), done);
            return;
        }
        try
        {
            Draw();
            await EveryAsync(TableInterval, Draw, done);
        }
        finally
        {
            terminal.CloseLive();
        }

        void Draw()
        {
            var table = ProgressTable.Of(jobs, region.Width, terminal.Language);
            region.Draw(above is null ? table : new Rows([.. above(region.Height - region.HeightOf(table)), table]));
        }
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

    // Of the jobs that have read something since they were last told of; machines are also told of a source or sink that is down.
    private static void PrintLines(Terminal terminal, IReadOnlyList<JobProgress> jobs, long[] told)
    {
        for (var i = 0; i < jobs.Count; i++)
        {
            var (job, perSecond) = (jobs[i], (long)Math.Ceiling(jobs[i].RateAt(TimeProvider.System) ?? 0));
            if (job.Records == told[i] && (!terminal.IsJson || (job.Source.IsUp is not false && job.Sink.IsUp is not false)))
                continue;
            told[i] = job.Records;
            terminal.Note(
                new ProgressEvent(job.Job, job.Records, perSecond, job.Lag, job.Groups, job.RowsPending, job.RowsWritten, job.DeadLetters, job.Source.IsUp, job.Sink.IsUp),
                LineOf(job, perSecond));
        }
    }

    private static string Count(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";
}
