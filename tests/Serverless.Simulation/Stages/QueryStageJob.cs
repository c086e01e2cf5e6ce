using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Simulation.Dataflows;

namespace Serverless.Simulation.Stages;

/// <summary>A random query: its table is what one machine makes of all records, applied in one batch.</summary>
/// <param name="job">The job.</param>
/// <param name="records">The records of each source.</param>
/// <param name="description">What it is, for people.</param>
internal sealed class QueryStageJob(Job job, IReadOnlyList<IReadOnlyList<Record>> records, Func<string> description) : StageJob(job)
{
    /// <summary>Makes records of a query's rows.</summary>
    public QueryStageJob(SimulatedQuery query)
        : this(query.Job, RecordsOf(query), query.Query.Describe)
    {
    }

    /// <summary>Makes one that was another query before, if there is such a one.</summary>
    public static QueryStageJob Edited(SimulatedQuery query) => new(query) { Former = query.Edited };

    public override IReadOnlyList<IReadOnlyList<Record>> Records { get; } = records;

    public override string Describe() => description();

    public override async Task<string?> DifferenceAsync(IEnumerable<RowChange> rows, string? without, IReadOnlySet<(int Partition, long Offset)> letters, CancellationToken cancellationToken)
    {
        var (expected, got) = (Lines(await RowsAsync(cancellationToken), without), Lines(rows, without));
        return expected.SequenceEqual(got) ? null
            : $"""
              ---- on one machine
              {string.Join('\n', expected)}
              ---- on entities
              {string.Join('\n', got)}
              """;
    }

    /// <summary>The rows that one machine makes.</summary>
    public async Task<IReadOnlyList<RowChange>> RowsAsync(CancellationToken cancellationToken)
    {
        var batch = await new Dataflow(Job).ApplyAsync([.. Records.Select((r, source) => new SourceRecords(source, r))], null, SimulatedClock.Start, cancellationToken);
        return [.. batch.Changes.Where(c => !c.IsDelete)];
    }

    private static List<List<Record>> RecordsOf(SimulatedQuery query)
    {
        var random = new Random(query.Query.Seed);
        return [.. query.Job.Sources.Select(s => query.Query.Sources.First(t => t.Name == s.Name)).Select(s => s.Records.Select(r => r.ToRecord(s.Columns, random)).ToList())];
    }
}
