using System.CommandLine;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Local.Display;
using Serverless.Local.Running;
using Serverless.Local.Web;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql</c> alone: two jobs, eight events and their result tables, with nothing else installed.</summary>
internal static class DemoCommand
{
    private const int MostRowsPrinted = 50;

    private static readonly string[] Scripts = ["recharge.sql", "pvuv.sql"];
    private static readonly string[] Topics = ["game_consume_log", "pv-uv"];

    public static void AddTo(RootCommand root, Terminal terminal, Func<string, string?> settings)
    {
        var untilIdle = new Option<bool>("--until-idle") { Description = "End the demo when its results are there" };
        root.Options.Add(untilIdle);
        var dashboard = new DashboardOptions(root);
        root.SetAction((result, stop) => RunAsync(dashboard.Read(result, result.GetValue(untilIdle), settings), result.GetValue(untilIdle), terminal, stop));
    }

    private static async Task<int> RunAsync(DashboardChoice? choice, bool untilIdle, Terminal terminal, CancellationToken stop)
    {
        terminal.Say("Two Flink SQL jobs, recharge and pvuv, read eight events from an embedded Kafka broker and write their results to SQLite.");
        terminal.Say("");
        var catalog = new ConnectorCatalog();
        Job[] jobs = [.. Scripts.SelectMany(s => ScriptCompiler.Compile(new SourceText($"functions/jobs/{s}", TextOf(s)), catalog).Jobs)];
        var options = new SessionOptions
        {
            EmbeddedBroker = true,
            EmbeddedSinks = true,
            Feeds = [.. Topics.Select(t => new Feed(t, () => Open($"{t}.jsonl")))],
            LagInterval = TimeSpan.FromMilliseconds(50),
        };
        using var folder = StateFolder.Temporary();
        await using var session = await Session.OpenAsync(jobs, options, folder, terminal, _ => null, stop);
        await using var dashboard = await SessionDashboard.StartAsync(choice, session, terminal, stop);
        var isFirst = true;
        await session.RunAsync(_ =>
        {
            ResultTables.Print(terminal, folder.ResultsFile, jobs, MostRowsPrinted);
            if (isFirst)
                SayWhatNext(terminal, untilIdle ? null : session.EmbeddedBrokerAddress);
            isFirst = false;
            return Task.FromResult(untilIdle);
        }, stop);
        return ExitCode.Ok;
    }

    private static void SayWhatNext(Terminal terminal, string? address)
    {
        terminal.Say("What next:");
        terminal.Say("  serverless-sql explain functions/jobs/pvuv.sql                  what a job does");
        terminal.Say("  serverless-sql check my.sql                                     every error in a script of yours");
        terminal.Say("  serverless-sql run my.sql --embedded --feed TOPIC=FILE.jsonl    run it on events of yours");
        terminal.Say("From the sources, serverless-sql is: dotnet run --project functions/Serverless.Local -- …");
        terminal.Say("README.md tells the rest.");
        if (address is null)
            return;
        terminal.Say("");
        terminal.Say("The jobs go on until Ctrl+C. Send them more and see the tables change:");
        terminal.Say($"  serverless-sql produce game_consume_log FILE.jsonl --key appkey --brokers {address}");
        terminal.Say("");
    }

    private static Stream Open(string resource) => typeof(DemoCommand).Assembly.GetManifestResourceStream(resource)!;

    private static string TextOf(string resource)
    {
        using var reader = new StreamReader(Open(resource));
        return reader.ReadToEnd();
    }
}
