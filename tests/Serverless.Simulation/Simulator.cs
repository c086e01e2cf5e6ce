using System.Diagnostics;
using System.Globalization;
using Serverless.Queries.Tests;
using Serverless.Simulation.Dataflows;

namespace Serverless.Simulation;

/// <summary>Runs seeds.</summary>
internal static class Simulator
{
    /// <summary>The seeds whose tables differ from the oracle, the least first.</summary>
    public static IReadOnlyList<int> Find(int first, int count, Bug bug, CancellationToken cancellationToken)
    {
        var jobs = new SimulatedJobs(bug);
        return [.. Enumerable.Range(first, count).AsParallel().WithCancellation(cancellationToken).Where(seed => new World(seed, jobs, bug).Run() is not null).Order()];
    }

    /// <summary>The seeds whose tables differ from DuckDB's answers, the least first.</summary>
    public static async Task<IReadOnlyList<int>> FindAsync(int first, int count, DataflowBug bug, CancellationToken cancellationToken)
    {
        var (next, wrong) = (first - 1, new List<int>());
        async Task WorkAsync()
        {
            using var oracle = new Oracle();
            while (Interlocked.Increment(ref next) is var seed && seed < first + count)
                if (await new DataflowWorld(seed, SimulatedQuery.Of(seed), bug).RunAsync(oracle, cancellationToken) is not null)
                    lock (wrong)
                        wrong.Add(seed);
        }

        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(WorkAsync, cancellationToken)));
        return [.. wrong.Order()];
    }

    /// <summary>Runs seeds and prints what they came to; 1 if one differs.</summary>
    public static int Run(int first, int count, Bug bug, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        return Report(Find(first, count, bug, CancellationToken.None), count, bug == Bug.None, $"{bug}", watch, "", output);
    }

    /// <summary>Runs seeds of jobs of several stages and prints what they came to; 1 if one differs.</summary>
    public static async Task<int> RunAsync(int first, int count, DataflowBug bug, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        return Report(await FindAsync(first, count, bug, CancellationToken.None), count, bug == DataflowBug.None, $"{bug}", watch, "dataflow ", output);
    }

    /// <summary>Runs one seed and prints every step.</summary>
    public static int Replay(int seed, Bug bug, TextWriter output)
    {
        var world = new World(seed, new SimulatedJobs(bug), bug, output.WriteLine);
        output.WriteLine(world.Script);
        var difference = world.Run();
        output.WriteLine(difference ?? "the table equals the oracle");
        return difference is null ? 0 : 1;
    }

    /// <summary>Runs one seed of jobs of several stages and prints every step.</summary>
    public static async Task<int> ReplayAsync(int seed, DataflowBug bug, TextWriter output)
    {
        var world = new DataflowWorld(seed, SimulatedQuery.Of(seed), bug, output.WriteLine);
        output.WriteLine(world.Description);
        using var oracle = new Oracle();
        var difference = await world.RunAsync(oracle, CancellationToken.None);
        output.WriteLine(difference ?? "the table equals the oracle");
        return difference is null ? 0 : 1;
    }

    private static int Report(IReadOnlyList<int> wrong, int count, bool isAsDesigned, string bug, Stopwatch watch, string command, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(isAsDesigned ? "as designed" : bug)}: {wrong.Count} of {count:N0} seeds differ from the oracle{(wrong.Count > 0 ? $": {string.Join(", ", wrong.Take(20))}" : "")} ({watch.Elapsed.TotalSeconds:F0} s)"));
        if (wrong.Count > 0 && isAsDesigned)
            output.WriteLine($"step by step: dotnet run -c Release --project tests/Serverless.Simulation -- {command}--replay {wrong[0]}");
        return wrong.Count > 0 ? 1 : 0;
    }
}
