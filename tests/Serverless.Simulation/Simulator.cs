using System.Diagnostics;
using System.Globalization;

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

    /// <summary>Runs seeds and prints what they came to; 1 where one differs.</summary>
    public static int Run(int first, int count, Bug bug, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        var wrong = Find(first, count, bug, CancellationToken.None);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(bug == Bug.None ? "as designed" : bug)}: {wrong.Count} of {count:N0} seeds differ from the oracle{(wrong.Count > 0 ? $": {string.Join(", ", wrong.Take(20))}" : "")} ({watch.Elapsed.TotalSeconds:F0} s)"));
        if (wrong.Count > 0 && bug == Bug.None)
            output.WriteLine($"step by step: dotnet run -c Release --project tests/Serverless.Simulation -- --replay {wrong[0]}");
        return wrong.Count > 0 ? 1 : 0;
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
}
