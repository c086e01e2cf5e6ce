using System.Globalization;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Tests;
using Serverless.Engine.Values;
using Serverless.Queries.Tests;

namespace Serverless.Simulation.Stages;

/// <summary>A random query of several stages with its records: what a seed makes.</summary>
internal sealed class StageJob
{
    private const int MostStages = 4;

    private StageJob(Job job, RandomQuery query)
    {
        (Job, Query) = (job, query);
        var random = new Random(query.Seed);
        Records = [.. job.Sources.Select(s => query.Sources.First(t => t.Name == s.Name)).Select(s => s.Records.Select(r => r.ToRecord(s.Columns, random)).ToList())];
    }

    public Job Job { get; }

    public RandomQuery Query { get; }

    /// <summary>The records of each source.</summary>
    public IReadOnlyList<IReadOnlyList<Record>> Records { get; }

    /// <summary>Makes what a seed makes: the first query from there on that has two to four stages.</summary>
    public static StageJob Of(int seed)
    {
        for (var next = seed * 1000; ; next++)
        {
            var query = new RandomQuery(next);
            var script = ScriptCompiler.Compile(new SourceText("query.sql", query.Script), new TestConnectors());
            if (script.HasErrors || script.Jobs is not [{ Dataflow: not null, Lookups.Count: 0 } job])
                continue;
            if (new StageRunner(job).Plan.Stages.Count is >= 2 and <= MostStages)
                return new StageJob(job, query);
        }
    }

    /// <summary>The table that one machine makes of all records, applied in one batch.</summary>
    public async Task<IReadOnlyList<string>> ExpectedAsync(string? without, CancellationToken cancellationToken)
    {
        var batch = await new Dataflow(Job).ApplyAsync([.. Records.Select((r, source) => new SourceRecords(source, r))], null, SimulatedClock.Start, cancellationToken);
        return Lines(batch.Changes.Where(c => !c.IsDelete), without);
    }

    /// <summary>Rows as text, in the order of their text.</summary>
    public static IReadOnlyList<string> Lines(IEnumerable<RowChange> rows, string? without) =>
        [.. rows.Where(r => r.Key != without).Select(r => string.Join(" | ", r.Values.Select(TextOf))).Order(StringComparer.Ordinal)];

    private static string TextOf(object? value) => value switch
    {
        null => "NULL",
        Number number => number.Normalize().ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
