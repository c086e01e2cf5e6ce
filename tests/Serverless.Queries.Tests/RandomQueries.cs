using System.Diagnostics;
using DuckDB.NET.Data;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Queries.Tests;

/// <summary>Runs random queries, and compares the engine's rows with DuckDB's.</summary>
internal static class RandomQueries
{
    // FULL JOIN in a subquery that has a column of the outer query; HAVING NOT and a key, which it turns into another expression than the key.
    private static readonly string[] _limits = ["Unsupported join type for flattening correlated subquery", "must appear in the GROUP BY clause", "Unimplemented type for cast (VARCHAR -> \"NULL\")"];

    /// <summary>Runs one; returns what differs, or null.</summary>
    public static string? Difference(RandomQuery query, Oracle oracle, Func<Operator, Operator>? replace = null)
    {
        foreach (var source in query.Sources)
            oracle.Load(source);
        var expected = oracle.Rows(query.Query.Duck, query.Types);
        var script = ScriptCompiler.Compile(new SourceText("query.sql", query.Script), new TestConnectors());
        if (script.HasErrors || script.Jobs is not [var job])
            return $"refused: {string.Join('\n', script.Diagnostics)}";
        var deltas = new List<Delta>();
        var kinds = query.Types.Select(t => t.Kind).ToArray();
        var harness = new JobHarness(job, query.Seed % 2 == 0, j => new Dataflow(j, replace ?? (o => o)) { Changed = deltas.Add });
        Schedule.Deliver(harness, query.Sources, new Random(query.Seed));
        var failures = harness.DeadLetters.Select(l => $"{l.Key}: {l.Value}").Concat(harness.Failures).Where(f => !IsExpected(f, query)).ToList();
        return RowText.Difference(expected, harness.IsDataflow && !query.IsKeyed ? RowsOf(deltas, kinds) : RowsOf(harness, kinds), failures);
    }

    // A record without a time is in no window, a version that begins at no time is none, and both are dead letters; so is a row without a key.
    private static bool IsExpected(string failure, RandomQuery query) =>
        failure.EndsWith("the time of the window is NULL", StringComparison.Ordinal)
        || failure.EndsWith("the time from which the version is valid is NULL", StringComparison.Ordinal)
        || (query.IsKeyed && failure.EndsWith("would be NULL", StringComparison.Ordinal));

    /// <summary>The rows that deltas add up to, as text, in the order of their text.</summary>
    public static List<string> RowsOf(IEnumerable<Delta> deltas, Kind[] kinds)
    {
        var rows = new Dictionary<string, long>();
        foreach (var delta in deltas)
            for (var row = 0; row < delta.Count; row++)
            {
                var text = string.Join(" | ", delta.Columns.Select((c, i) => RowText.Of(c.Box(row), kinds[i])));
                rows[text] = rows.GetValueOrDefault(text) + delta.Weights[row];
            }

        return [.. rows.SelectMany(r => Enumerable.Repeat(r.Key, r.Value >= 0 ? (int)r.Value : throw new InvalidOperationException($"{r.Value} times {r.Key}"))).Order(StringComparer.Ordinal)];
    }

    /// <summary>The rows of a job of one stage, as text, in the order of their text.</summary>
    public static List<string> RowsOf(JobHarness harness, Kind[] kinds) =>
        [.. harness.Table.Select(r => string.Join(" | ", r.Values.Select((v, i) => RowText.Of(v, kinds[i])))).Order(StringComparer.Ordinal)];

    /// <summary>Runs one with a mistake in its operators; returns whether it is found.</summary>
    public static bool Finds(RandomQuery query, Oracle oracle, Mistake mistake)
    {
        try
        {
            return Difference(query, oracle, mistake.Make()) is not null;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>Runs a number of seeds; the exit code is 1 if a query differs, or if more than one in a hundred is not compared.</summary>
    public static int Run(int first, int count, TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        var (done, different, unanswered, next) = (0, 0, 0, first - 1);
        var operators = new Dictionary<string, int>();
        void Work()
        {
            using var oracle = new Oracle();
            while (Interlocked.Increment(ref next) is var seed && seed < first + count && Volatile.Read(ref different) < 50)
            {
                string? difference;
                RandomQuery? query = null;
                try
                {
                    query = new RandomQuery(seed);
                    difference = Difference(query, oracle);
                }
                catch (DuckDBException e) when (_limits.Any(l => e.Message.Contains(l, StringComparison.Ordinal)))
                {
                    Interlocked.Increment(ref unanswered);
                    continue;
                }
                catch (Exception e)
                {
                    difference = e.ToString();
                }

                lock (output)
                {
                    done++;
                    foreach (var name in query?.Operators ?? [])
                        operators[name] = operators.GetValueOrDefault(name) + 1;
                    if (difference is null)
                        continue;
                    different++;
                    output.WriteLine($"==== {query?.Describe() ?? $"seed {seed}"}\n{difference}\n");
                }
            }
        }

        Task.WaitAll([.. Enumerable.Range(0, Math.Max(2, Environment.ProcessorCount)).Select(_ => Task.Run(Work))]);
        output.WriteLine($"{done:N0} queries, {different} different, {unanswered} that DuckDB cannot answer, {watch.Elapsed.TotalSeconds:F1} s; operators: {string.Join(", ", operators.OrderBy(o => o.Key).Select(o => $"{o.Key} {o.Value}"))}");
        return different == 0 && unanswered <= count / 100 ? 0 : 1;
    }

    /// <summary>Runs one seed and shows everything.</summary>
    public static int Replay(int seed, TextWriter output)
    {
        var query = new RandomQuery(seed);
        output.WriteLine(query.Describe());
        using var oracle = new Oracle();
        var difference = Difference(query, oracle);
        output.WriteLine(difference ?? "the same rows");
        return difference is null ? 0 : 1;
    }
}
