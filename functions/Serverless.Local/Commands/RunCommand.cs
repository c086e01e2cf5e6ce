using System.CommandLine;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Display;
using Serverless.Local.Display.Events;
using Serverless.Local.Running;
using Serverless.Local.Web;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql run</c>: runs the jobs of scripts.</summary>
internal static class RunCommand
{
    private const int MostRowsPrinted = 20;

    public static Command Create(Terminal terminal, Func<string, string?> settings)
    {
        var scripts = ScriptArguments.Create();
        var embedded = new Option<bool>("--embedded") { Description = "Need neither Kafka nor databases: --embedded-broker and --embedded-sinks together" };
        var broker = new Option<bool>("--embedded-broker") { Description = "Read all topics from a Kafka broker in this process; it starts empty, and DIR is cleared with it" };
        var sinks = new Option<bool>("--embedded-sinks") { Description = "Write all database tables, and dead letters, to the SQLite file DIR/results.db" };
        var feeds = new Option<string[]>("--feed") { Description = "Send the lines of a file to a topic, each as a record; may be given several times", HelpName = "TOPIC=FILE.jsonl" };
        var untilIdle = new Option<bool>("--until-idle") { Description = "End when all records there are have been read and all rows written, instead of waiting for more" };
        var state = new Option<string>("--state") { Description = "The folder that the jobs' state is kept in: the next run with it goes on where this one ends", HelpName = "DIR", DefaultValueFactory = _ => ".serverless" };
        var rewrite = new Option<bool>("--rewrite") { Description = "Write all rows of the state again, into a table that was emptied, say" };
        var command = new Command("run", "Run the jobs of SQL scripts, until Ctrl+C") { scripts, embedded, broker, sinks, feeds, untilIdle, state, rewrite };
        var dashboard = new DashboardOptions(command);
        command.SetAction((result, stop) => RunAsync(
            result.GetRequiredValue(scripts),
            () => dashboard.Read(result, result.GetValue(untilIdle), settings),
            () => new SessionOptions
            {
                EmbeddedBroker = result.GetValue(embedded) || result.GetValue(broker),
                EmbeddedSinks = result.GetValue(embedded) || result.GetValue(sinks),
                Rewrite = result.GetValue(rewrite),
                Feeds = [.. (result.GetValue(feeds) ?? []).Select(Feed.Parse)],
                UntilIdle = result.GetValue(untilIdle),
                LagInterval = result.GetValue(untilIdle) ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(1),
            },
            result.GetValue(untilIdle), result.GetRequiredValue(state), terminal, settings, stop));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] names, Func<DashboardChoice?> choose, Func<SessionOptions> read, bool untilIdle, string state, Terminal terminal, Func<string, string?> settings,
        CancellationToken stop)
    {
        var scripts = ScriptFiles.Compile(names);
        if (!scripts.Report(terminal, Severity.Warning))
            return ExitCode.BadUsage;
        Job[] jobs = [.. scripts.SelectMany(s => s.Jobs)];
        var (choice, options) = (choose(), read());
        // A session clears the folder, which a run that is refused must not.
        choice?.EnsureFree();
        using var folder = StateFolder.Open(state);
        await using var session = await Session.OpenAsync(jobs, options, folder, terminal, settings, stop);
        if (session.EmbeddedBrokerAddress is { } address)
            terminal.Note(new BrokerEvent(address), $"The embedded broker is at {address}");
        await using var dashboard = await SessionDashboard.StartAsync(choice, session, terminal, stop);
        await session.ConnectAsync(stop);
        try
        {
            await ProgressView.ShowWhileAsync(terminal, session.Progress, () => session.RunAsync(_ => Task.FromResult(untilIdle), stop));
        }
        finally
        {
            await Summary.PrintAsync(terminal, session, CancellationToken.None);
        }
        var exitCode = untilIdle && session.Progress.Any(p => p.IsAllDeadLetters) ? ExitCode.AllDeadLetters : ExitCode.Ok;
        if (!options.EmbeddedSinks)
            return exitCode;
        terminal.Emit(new ResultsEvent(folder.ResultsFile));
        terminal.Tell($"Results are in {folder.ResultsFile}");
        if (untilIdle)
        {
            terminal.Tell("");
            ResultTables.Print(terminal, folder.ResultsFile, jobs, MostRowsPrinted);
        }
        return exitCode;
    }
}
