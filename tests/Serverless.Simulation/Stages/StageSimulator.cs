using System.Diagnostics;
using System.Globalization;
using Serverless.Engine.Runtime;
using Serverless.Simulation.Dataflows;

namespace Serverless.Simulation.Stages;

/// <summary>Runs seeds of jobs of several stages.</summary>
internal static class StageSimulator
{
    /// <summary>Runs a seed; returns what differs, or null. What throws differs.</summary>
    public static async Task<string?> RunAsync(int seed, SimulatedQuery query, StageBug bug, CancellationToken cancellationToken)
    {
        try
        {
            return await new StageWorld(seed, new StageJob(query), bug).RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e.ToString();
        }
    }

    /// <summary>Runs seeds and prints what they came to; 1 if one differs.</summary>
    public static async Task<int> RunAsync(int first, int count, StageBug bug, TextWriter output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var wrong = new List<int>();
        var stages = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(first, count), cancellationToken, async (seed, stop) =>
        {
            var query = SimulatedQuery.Of(seed);
            var difference = await RunAsync(seed, query, bug, stop);
            lock (wrong)
            {
                foreach (var stage in new StageRunner(query.Job).Plan.Stages)
                    stages[stage.Operator] = stages.GetValueOrDefault(stage.Operator) + 1;
                if (difference is not null)
                    wrong.Add(seed);
            }
        });
        wrong.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"several stages, {(bug == StageBug.None ? "as designed" : bug)}: {wrong.Count} of {count:N0} seeds differ from one machine{(wrong.Count > 0 ? $": {string.Join(", ", wrong.Take(20))}" : "")} ({watch.Elapsed.TotalSeconds:F0} s; {string.Join(", ", stages.Select(s => $"{s.Key} {s.Value}"))})"));
        return wrong.Count > 0 ? 1 : 0;
    }

    /// <summary>Runs one seed and prints every step.</summary>
    public static async Task<int> ReplayAsync(int seed, StageBug bug, TextWriter output, CancellationToken cancellationToken)
    {
        var job = new StageJob(SimulatedQuery.Of(seed));
        output.WriteLine(job.Query.Describe());
        var difference = await new StageWorld(seed, job, bug, output.WriteLine).RunAsync(cancellationToken);
        output.WriteLine(difference ?? "the table equals that of one machine");
        return difference is null ? 0 : 1;
    }
}
