using Spectre.Console;

namespace Serverless.Local.Display;

/// <summary>A progress bar for lines that are being sent; without one where there is no terminal.</summary>
internal static class SendBar
{
    /// <summary>Shows it while lines are sent.</summary>
    public static Task<long> ShowWhileAsync(Terminal terminal, Stream lines, Func<IProgress<long>?, Task<long>> send)
    {
        if (terminal.ErrorConsole is not { } console || terminal.IsQuiet)
            return send(null);
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(terminal.Language["sending"], maxValue: lines.CanSeek ? Math.Max(1, lines.Length) : 1);
                bar.IsIndeterminate = !lines.CanSeek;
                return await send(new Reporting(sent =>
                {
                    // How much of the file is read tells how much is left; how many lines that will be, nobody knows.
                    Message description = $"sending, {sent:N0} records";
                    bar.Description = description.In(terminal.Language);
                    if (lines.CanSeek)
                        bar.Value = lines.Position;
                }));
            });
    }

    private sealed class Reporting(Action<long> action) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => action(value);
    }
}
