using System.CommandLine;
using System.Globalization;
using Serverless.Queries.Tests.Nexmark;

namespace Serverless.DurableRuntime.Tests;

/// <summary>Asks Nexmark's questions of the app, one after another, and says how long each takes.</summary>
internal static class NexmarkCommand
{
    /// <summary>Runs it; 1 if an answer is not DuckDB's.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var names = new Argument<string[]>("question") { DefaultValueFactory = _ => [.. NexmarkScripts.SeveralStages.Keys] };
        var count = new Option<int>("--events") { DefaultValueFactory = _ => 50_000 };
        var kills = new Option<int>("--kills") { DefaultValueFactory = _ => 3 };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
        var parsed = new RootCommand { names, count, kills, seed }.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"{string.Join(Environment.NewLine, parsed.Errors)}\nusage: nexmark [{string.Join('|', NexmarkScripts.SeveralStages.Keys)}]… [--events N] [--kills N] [--seed N]");
            return 2;
        }

        using var events = new NexmarkEvents(parsed.GetValue(seed), parsed.GetValue(count), NexmarkRun.Partitions);
        await using var storage = await AzuriteServer.StartAsync(isLasting: false, CancellationToken.None);
        await using var server = await PostgreSqlServer.StartAsync([], CancellationToken.None);
        var (run, random, wrong) = (new NexmarkRun(storage, server, events), new Random(parsed.GetValue(seed)), 0);
        foreach (var name in parsed.GetRequiredValue(names))
        {
            try
            {
                var (rows, time) = await run.AskAsync(name, parsed.GetValue(kills), random, CancellationToken.None);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-4} {events.Records.Count,7:N0} events, {rows,7:N0} rows as DuckDB has them, {parsed.GetValue(kills)} kills, {time.TotalSeconds,5:F0} s, {events.Records.Count / time.TotalSeconds,7:N0} events/s"));
            }
            catch (TimeoutException e)
            {
                Console.WriteLine($"{name,-4} {e.Message}");
                wrong = 1;
            }
        }

        return wrong;
    }
}
