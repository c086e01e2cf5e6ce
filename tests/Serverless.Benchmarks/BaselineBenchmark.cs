using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Spectre.Console;

namespace Serverless.Benchmarks;

/// <summary>The engine beside an earlier build of it, in one process and in turns: whatever else the machine does hits both alike.</summary>
internal static class BaselineBenchmark
{
    private const int Rounds = 15;
    private const int WarmUps = 6;

    /// <summary>Measures.</summary>
    /// <param name="engine">The path of the earlier <c>Serverless.Engine.dll</c>, with that <c>Serverless.Connectors.dll</c> beside it.</param>
    /// <param name="count">The number of events.</param>
    public static int Run(string engine, int count)
    {
        var context = new Baseline(Path.GetDirectoryName(Path.GetFullPath(engine))!);
        var of = context.LoadFromAssemblyPath(typeof(BaselineBenchmark).Assembly.Location)
            .GetType(typeof(EngineTimer).FullName!)!.GetMethod(nameof(EngineTimer.Of))!.CreateDelegate<Func<string, int, Func<double[]>>>();
        var table = new Table().AddColumns("job", "before", "now", "now/before", "bytes/event before", "now");
        foreach (var job in new[] { "recharge", "pvuv" })
        {
            var (before, now) = (of(job, count), EngineTimer.Of(job, count));
            var rounds = new List<(double[] Before, double[] Now)>();
            for (var round = 0; round < WarmUps + Rounds; round++)
            {
                var result = round % 2 == 0 ? (before(), now()) : Swap(now(), before());
                if (result.Item1[1] != result.Item2[1])
                    throw new InvalidOperationException($"{job}: the two do not make the same number of rows: {result.Item1[1]}, {result.Item2[1]}");
                if (round >= WarmUps)
                    rounds.Add(result);
            }

            table.AddRow(
                job, Rounded(rounds.Select(r => r.Before[0])), Rounded(rounds.Select(r => r.Now[0])),
                Median(rounds.Select(r => r.Now[0] / r.Before[0])).ToString("0.00", CultureInfo.InvariantCulture),
                Rounded(rounds.Select(r => r.Before[2])), Rounded(rounds.Select(r => r.Now[2])));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events/s, median of {Rounds} rounds, {count:N0} events in batches of {EngineTimer.BatchSize:N0}"));
        return 0;
    }

    private static (double[], double[]) Swap(double[] now, double[] before) => (before, now);

    private static string Rounded(IEnumerable<double> values) => Median(values).ToString("N0", CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>This program again, over the assemblies of a folder.</summary>
    private sealed class Baseline(string folder) : AssemblyLoadContext("baseline")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Combine(folder, assemblyName.Name + ".dll");
            return assemblyName.Name!.StartsWith("Serverless.", StringComparison.Ordinal) && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
