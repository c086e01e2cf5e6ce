using System.CommandLine;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Demo;
using Serverless.Local.Display;
using Serverless.Local.Display.Events;
using Serverless.Local.Running;
using Serverless.Local.Web;
using Spectre.Console.Rendering;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql</c> alone: two jobs, a made-up day of events or, with <c>--until-idle</c>, eight of them, and their result tables, with nothing else installed.</summary>
internal static class DemoCommand
{
    private const int MostRowsPrinted = 50;
    private const int LeastRowsDrawn = 3;

    // Of a result table: its name, its columns' names, the lines of its frame, and how many rows there are more.
    private const int FrameHeight = 6;

    private static readonly string[] Scripts = ["recharge.sql", "pvuv.sql"];
    private static readonly string[] Topics = ["game_consume_log", "pv-uv"];

    public static void AddTo(RootCommand root, Terminal terminal, Func<string, string?> settings)
    {
        var untilIdle = new Option<bool>("--until-idle") { Description = "Read eight events instead of a day's, and end when the results are there" };
        root.Options.Add(untilIdle);
        var dashboard = new DashboardOptions(root);
        root.SetAction((result, stop) => RunAsync(dashboard.Read(result, result.GetValue(untilIdle), settings), result.GetValue(untilIdle), terminal, stop));
    }

    private static async Task<int> RunAsync(DashboardChoice? choice, bool untilIdle, Terminal terminal, CancellationToken stop)
    {
        terminal.Tell(untilIdle
            ? "Two Flink SQL jobs, recharge and pvuv, read eight events from an embedded Kafka broker and write their results to SQLite."
            : "Two Flink SQL jobs, recharge and pvuv, read a made-up day of events from an embedded Kafka broker and write their results to SQLite.");
        terminal.Tell("");
        var catalog = new ConnectorCatalog();
        Job[] jobs = [.. Scripts.SelectMany(s => ScriptCompiler.Compile(new SourceText($"functions/jobs/{s}", TextOf(s)), catalog).Jobs)];
        var options = new SessionOptions
        {
            EmbeddedBroker = true,
            EmbeddedSinks = true,
            Feeds = untilIdle ? [.. Topics.Select(t => Feed.OfLines(t, () => Open($"{t}.jsonl")))] : [.. Topics.Zip(ADay(), StreamOf)],
            LagInterval = TimeSpan.FromMilliseconds(untilIdle ? 50 : 200),
        };
        using var folder = StateFolder.Temporary();
        await using var session = await Session.OpenAsync(jobs, options, folder, terminal, _ => null, stop);
        await using var dashboard = await SessionDashboard.StartAsync(choice, session, terminal, stop);
        await session.ConnectAsync(stop);
        if (untilIdle)
        {
            await session.RunAsync(_ => Task.FromResult(true), stop);
            ResultTables.Print(terminal, folder.ResultsFile, jobs, MostRowsPrinted);
            SayWhatNext(terminal, null);
            return ExitCode.Ok;
        }
        await ShowAsync(session, folder.ResultsFile, jobs, terminal, stop);
        ResultTables.Print(terminal, folder.ResultsFile, jobs, MostRowsPrinted, ofEnd: true);
        return ExitCode.Ok;
    }

    private static IEnumerable<DemoEvent>[] ADay()
    {
        var day = new DemoDay(new DateOnly(2021, 12, 1), seed: 1);
        return [day.Purchases(), day.Views()];
    }

    private static Feed StreamOf(string topic, IEnumerable<DemoEvent> events) => new(topic, stop => DemoPace.PacedAsync(events, TimeProvider.System, stop));

    // In a terminal the ends of the tables in one place, drawn anew as they change.
    private static async Task ShowAsync(Session session, string results, Job[] jobs, Terminal terminal, CancellationToken stop)
    {
        SayWhatNext(terminal, session.EmbeddedBrokerAddress);
        if (session.EmbeddedBrokerAddress is { } address)
            terminal.Emit(new BrokerEvent(address));
        var progress = session.Progress;
        var (drawn, written, room) = ((IReadOnlyList<IRenderable>)[], -1L, -1);
        await ProgressView.ShowWhileAsync(terminal, progress, () => session.RunAsync(_ => Task.FromResult(false), stop), height =>
        {
            var now = progress.Sum(p => p.RowsWritten);
            if (now != written || height != room)
                (drawn, written, room) = (ResultTables.Draw(results, jobs, Math.Max(LeastRowsDrawn, (height / jobs.Length) - FrameHeight), terminal.Language), now, height);
            return drawn;
        });
    }

    private static void SayWhatNext(Terminal terminal, string? address)
    {
        terminal.Tell("What next:");
        terminal.Tell("  serverless-sql explain functions/jobs/pvuv.sql                  what a job does");
        terminal.Tell("  serverless-sql check my.sql                                     every error in a script of yours");
        terminal.Tell("  serverless-sql run my.sql --embedded --feed TOPIC=FILE.jsonl    run it on events of yours");
        terminal.Tell("From the sources, serverless-sql is: dotnet run --project functions/Serverless.Local -- …");
        terminal.Tell("README.md tells the rest.");
        if (address is null)
            return;
        terminal.Tell("");
        terminal.Tell("The day goes on for six minutes, and the jobs until Ctrl+C. Send them more and see the tables change:");
        terminal.Tell($"  serverless-sql produce game_consume_log FILE.jsonl --key appkey --brokers {address}");
        terminal.Tell("");
    }

    private static Stream Open(string resource) => typeof(DemoCommand).Assembly.GetManifestResourceStream(resource)!;

    private static string TextOf(string resource)
    {
        using var reader = new StreamReader(Open(resource));
        return reader.ReadToEnd();
    }
}
