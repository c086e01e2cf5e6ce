using Serverless.Engine.Runtime;
using Serverless.Engine.State;
using Serverless.Simulation.Dataflows;

namespace Serverless.Simulation.Stages;

/// <summary>A random query: its table is what one machine makes of all records, applied in one batch.</summary>
/// <param name="query">The query.</param>
internal sealed class QueryStageJob(SimulatedQuery query) : StageJob(query.Job)
{
    public override IReadOnlyList<IReadOnlyList<Record>> Records { get; } = RecordsOf(query);

    public override string Describe() => query.Query.Describe();

    public override async Task<string?> DifferenceAsync(IEnumerable<RowChange> rows, string? without, IReadOnlySet<(int Partition, long Offset)> letters, CancellationToken cancellationToken)
    {
        var batch = await new Dataflow(Job).ApplyAsync([.. Records.Select((r, source) => new SourceRecords(source, r))], null, SimulatedClock.Start, cancellationToken);
        var (expected, got) = (Lines(batch.Changes.Where(c => !c.IsDelete), without), Lines(rows, without));
        return expected.SequenceEqual(got) ? null
            : $"""
              ---- on one machine
              {string.Join('\n', expected)}
              ---- on entities
              {string.Join('\n', got)}
              """;
    }

    private static List<List<Record>> RecordsOf(SimulatedQuery query)
    {
        var random = new Random(query.Query.Seed);
        return [.. query.Job.Sources.Select(s => query.Query.Sources.First(t => t.Name == s.Name)).Select(s => s.Records.Select(r => r.ToRecord(s.Columns, random)).ToList())];
    }
}
