using System.Diagnostics;
using System.Globalization;
using Serverless.Engine.Runtime;

namespace Serverless.Simulation.Stages;

/// <summary>Runs seeds of jobs of several stages.</summary>
internal static class StageSimulator
{
    /// <summary>Runs a seed; returns what differs, or null. What throws differs.</summary>
    public static async Task<string?> RunAsync(int seed, StageJob job, StageBug bug, CancellationToken cancellationToken)
    {
        try
        {
            return await new StageWorld(seed, job, bug).RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.ToString();
        }
    }

    /// <summary>Runs seeds and prints what they came to; 1 if one differs.</summary>
    public static async Task<int> RunAsync(int first, int count, Func<int, Task<StageJob>> jobs, StageBug bug, TextWriter output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var wrong = new List<int>();
        var stages = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(first, count), cancellationToken, async (seed, stop) =>
        {
            var job = await jobs(seed);
            var difference = await RunAsync(seed, job, bug, stop);
            lock (wrong)
            {
                foreach (var stage in new StageRunner(job.Job).Plan.Stages)
                    stages[stage.Operator] = stages.GetValueOrDefault(stage.Operator) + 1;
                if (difference is not null)
                    wrong.Add(seed);
            }
        });
        wrong.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"several stages, {(bug == StageBug.None ? "as designed" : bug)}: {wrong.Count} of {count:N0} seeds differ{(wrong.Count > 0 ? $": {string.Join(", ", wrong.Take(20))}" : "")} ({watch.Elapsed.TotalSeconds:F0} s; {string.Join(", ", stages.Select(s => $"{s.Key} {s.Value}"))})"));
        return wrong.Count > 0 ? 1 : 0;
    }

    /// <summary>Runs one seed and prints every step.</summary>
    public static async Task<int> ReplayAsync(int seed, Func<int, Task<StageJob>> jobs, StageBug bug, TextWriter output, CancellationToken cancellationToken)
    {
        var job = await jobs(seed);
        output.WriteLine(job.Describe());
        var difference = await new StageWorld(seed, job, bug, output.WriteLine).RunAsync(cancellationToken);
        output.WriteLine(difference ?? "the table is right");
        return difference is null ? 0 : 1;
    }
}
