using System.Diagnostics;
using System.Globalization;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Queries.Tests.Nexmark;

/// <summary>Nexmark's questions, <c>q3.sql</c> for the engine beside <c>q3.duckdb.sql</c> for DuckDB, over the same events.</summary>
/// <param name="seed">The seed of the events, and of how they come.</param>
/// <param name="count">How many there are.</param>
internal sealed class NexmarkQueries(int seed, int count) : IDisposable
{
    private readonly NexmarkEvents _events = new(seed, count);

    public void Dispose() => _events.Dispose();

    /// <summary>Asks both; returns what differs, or null, and how many events the engine takes in a second of the processor.</summary>
    public (string? Difference, double EventsPerSecond, int Rows) Ask(string name)
    {
        var (expected, types) = (_events.AnswerOf(name), _events.TypesOf(name));
        var columns = string.Join(", ", types.Select((t, i) => $"x{i} {t.Sql.Flink}"));
        var script = ScriptCompiler.Compile(new SourceText($"{name}.sql", NexmarkScripts.Of(NexmarkScripts.Read($"{name}.sql"), columns, "'connector' = 'print'")), new TestConnectors());
        if (script.HasErrors)
            return ($"refused: {string.Join('\n', script.Diagnostics)}", 0, 0);

        var deltas = new List<Delta>();
        var harness = new JobHarness(script.Jobs[0], isSplit: false, job => new Dataflow(job, o => o, SideInput) { Changed = deltas.Add });
        // Of the processor's time, so that other work on the machine leaves no trace.
        var before = Environment.CpuUsage.TotalTime;
        Schedule.Deliver(harness, [_events.Records], new Random(seed), 500);
        var rate = _events.Records.Count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;

        var kinds = types.Select(t => t.Kind).ToArray();
        var actual = harness.IsDataflow ? RandomQueries.RowsOf(deltas, kinds) : RandomQueries.RowsOf(harness, kinds);
        var failures = harness.DeadLetters.Select(l => $"{l.Key}: {l.Value}").Concat(harness.Failures).ToList();
        return (RowText.Difference(expected, actual, failures), rate, expected.Count);
    }

    private static TestLookup SideInput(DataflowLookup lookup) => new(lookup, NexmarkEvents.SideInput.Select(s => $$"""{"key":{{s.Key}},"value":"{{s.Value}}"}"""));

    /// <summary>Asks all of them; the exit code is 1 if an answer differs.</summary>
    public static int Run(int count, TextWriter output, string? only = null)
    {
        using var queries = new NexmarkQueries(1, count);
        var different = 0;
        foreach (var name in NexmarkEvents.Names.Where(n => only is null || n == only))
        {
            var watch = Stopwatch.StartNew();
            var (difference, rate, rows) = queries.Ask(name);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-4} {rows,9:N0} rows  {rate,10:N0} events per CPU second  {watch.Elapsed.TotalSeconds,6:F1} s  {(difference is null ? "the same" : "different")}"));
            if (difference is null)
                continue;
            different++;
            output.WriteLine(difference.Length > 6000 ? difference[..6000] : difference);
        }

        return different == 0 ? 0 : 1;
    }
}
