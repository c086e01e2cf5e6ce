using System.Globalization;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Engine.Values;
using Serverless.Queries.Tests;
using Serverless.Simulation.Dataflows;

namespace Serverless.Simulation.Stages;

/// <summary>A random query of several stages with its records.</summary>
internal sealed class StageJob
{
    /// <summary>Makes records of a query's rows.</summary>
    public StageJob(SimulatedQuery query)
    {
        (Job, Query) = (query.Job, query.Query);
        var random = new Random(Query.Seed);
        Records = [.. Job.Sources.Select(s => Query.Sources.First(t => t.Name == s.Name)).Select(s => s.Records.Select(r => r.ToRecord(s.Columns, random)).ToList())];
    }

    public Job Job { get; }

    public RandomQuery Query { get; }

    /// <summary>The records of each source.</summary>
    public IReadOnlyList<IReadOnlyList<Record>> Records { get; }

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
