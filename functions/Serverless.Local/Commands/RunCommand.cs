using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Display;
using Serverless.Local.Display.Events;
using Serverless.Local.Running;
using Serverless.Local.Web;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql run</c>: runs the jobs of scripts.</summary>
/// <param name="names">The scripts.</param>
/// <param name="choose">Reads how the dashboard is served.</param>
/// <param name="read">Reads how jobs are run.</param>
/// <param name="state">The state folder.</param>
/// <param name="failOnDeadLetters">Whether a dead letter is a failure.</param>
/// <param name="terminal">Where to print.</param>
/// <param name="settings">Gives the value of a <c>${NAME}</c>.</param>
internal sealed class RunCommand(
    string[] names, Func<DashboardChoice?> choose, Func<SessionOptions> read, string state, bool failOnDeadLetters, Terminal terminal, Func<string, string?> settings)
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
        var createTables = new Option<bool>("--create-tables") { Description = "Make the database tables that are not there, as ddl prints them" };
        var failOnDeadLetters = new Option<bool>("--fail-on-dead-letters") { Description = $"End with exit code {ExitCode.DeadLetters} if a record or row was set aside" };
        var watch = new Option<bool>("--watch") { Description = "When a script changes, start the jobs again as the next run would; a script with errors is told of, and the jobs go on as they are" };
        var command = new Command("run", "Run the jobs of SQL scripts, until Ctrl+C") { scripts, embedded, broker, sinks, feeds, untilIdle, state, rewrite, createTables, failOnDeadLetters, watch };
        var dashboard = new DashboardOptions(command);
        command.SetAction((result, stop) =>
        {
            var isWatched = result.GetValue(watch);
            if (isWatched && result.GetValue(untilIdle))
                throw new CommandException("--until-idle ends the run, and --watch goes on with it: keep one of them");
            var run = new RunCommand(
                result.GetRequiredValue(scripts),
                () => dashboard.Read(result, result.GetValue(untilIdle), settings),
                () => new SessionOptions
                {
                    EmbeddedBroker = result.GetValue(embedded) || result.GetValue(broker),
                    EmbeddedSinks = result.GetValue(embedded) || result.GetValue(sinks),
                    Rewrite = result.GetValue(rewrite),
                    CreateTables = result.GetValue(createTables),
                    Feeds = [.. (result.GetValue(feeds) ?? []).Select(Feed.Parse)],
                    UntilIdle = result.GetValue(untilIdle),
                    LagInterval = result.GetValue(untilIdle) ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(1),
                },
                result.GetRequiredValue(state), result.GetValue(failOnDeadLetters), terminal, settings);
            return run.RunAsync(isWatched, stop);
        });
        return command;
    }

    private async Task<int> RunAsync(bool isWatched, CancellationToken stop)
    {
        var scripts = ScriptFiles.Compile(names);
        if (!scripts.Report(terminal, Severity.Warning))
            return ExitCode.BadUsage;
        var (choice, options) = (choose(), read());
        // A session clears the folder, which a run that is refused must not.
        choice?.EnsureFree();
        using var folder = StateFolder.Open(state);
        if (!isWatched)
            return await RunAsync(scripts, choice, options, folder, stop);
        while (true)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var changing = ScriptWatch.NextAsync(names, scripts, s => s.Report(terminal, Severity.Warning), ending.Token);
            var running = RunUntilChangeAsync(scripts, choice, options, folder, ending.Token, stop);
            await Task.WhenAny(changing, running);
            await ending.CancelAsync();
            var exitCode = await running;
            if (stop.IsCancellationRequested || !changing.IsCompletedSuccessfully)
                return exitCode;
            scripts = await changing;
            terminal.Note("A script has changed: its jobs start again");
        }
    }

    private async Task<int> RunUntilChangeAsync(IReadOnlyList<Script> scripts, DashboardChoice? choice, SessionOptions options, StateFolder folder, CancellationToken ending, CancellationToken stop)
    {
        try
        {
            return await RunAsync(scripts, choice, options, folder, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            // Before it was connected.
            return ExitCode.Ok;
        }
    }

    private async Task<int> RunAsync(IReadOnlyList<Script> scripts, DashboardChoice? choice, SessionOptions options, StateFolder folder, CancellationToken stop)
    {
        Job[] jobs = [.. scripts.SelectMany(s => s.Jobs)];
        await using var session = await Session.OpenAsync(jobs, options, folder, terminal, settings, stop);
        if (session.EmbeddedBrokerAddress is { } address)
            terminal.Note(new BrokerEvent(address), $"The embedded broker is at {address}");
        await using var dashboard = await SessionDashboard.StartAsync(choice, session, terminal, stop);
        try
        {
            await session.ConnectAsync(stop);
        }
        catch (ConnectorException e) when (!options.EmbeddedSinks)
        {
            await ReportAsync(e, scripts, stop);
            return e is MissingTopicException ? ExitCode.BadUsage : ExitCode.Failed;
        }
        try
        {
            await ProgressView.ShowWhileAsync(terminal, session.Progress, () => session.RunAsync(_ => Task.FromResult(options.UntilIdle), stop));
        }
        finally
        {
            await Summary.PrintAsync(terminal, session, CancellationToken.None);
        }
        var exitCode = options.UntilIdle && session.Progress.Any(p => p.IsAllDeadLetters) ? ExitCode.AllDeadLetters
            : failOnDeadLetters && session.Progress.Any(p => p.DeadLetters > 0) ? ExitCode.DeadLetters
            : ExitCode.Ok;
        if (!options.EmbeddedSinks)
            return exitCode;
        terminal.Emit(new ResultsEvent(folder.ResultsFile));
        terminal.Tell($"Results are in {folder.ResultsFile}");
        if (options.UntilIdle)
        {
            terminal.Tell("");
            ResultTables.Print(terminal, folder.ResultsFile, jobs, MostRowsPrinted);
        }
        return exitCode;
    }

    // It tells of the first job that failed: whoever mends it wants to know of all tables, and where they are in the scripts.
    private async Task ReportAsync(ConnectorException failure, IReadOnlyList<Script> scripts, CancellationToken stop)
    {
        var found = await TableInspection.InspectAsync(scripts, new ConnectorFactory(settings, NullLoggerFactory.Instance), reads: false, stop);
        List<Diagnostic> diagnostics = [.. found.Values.SelectMany(f => f)];
        foreach (var diagnostic in diagnostics)
            terminal.Print(diagnostic);
        foreach (var line in failure.Message.Split('\n').Except(diagnostics.Select(d => d.Message)))
            terminal.Fail(line);
    }
}
