using Serverless.Connectors;
using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>
/// Passes by a job's entities now and then, so that a timer that was lost is set again; keeps in mind how far the job has read; and reads again what
/// did not reach a group.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="sources">Its sources.</param>
/// <param name="clock">The clock.</param>
/// <param name="lookups">What finds rows in the tables that the job looks up, in the order of <see cref="Dataflow.LookupsOf"/>; not those of whoever reads batches.</param>
/// <param name="letters">Where records go whose rows cannot be looked up; null for nowhere.</param>
public sealed class Pulse(DurableJob job, IReadOnlyList<JobSource> sources, TimeProvider clock, IReadOnlyList<ILookup>? lookups = null, IDeadLetters? letters = null)
{
    // Far less than the time to the next pulse.
    private static readonly TimeSpan LongestRepair = TimeSpan.FromSeconds(30);

    private readonly EntityKeys _keys = new(job);
    private readonly GapRepair? _repair = job.Stages is null && sources[0] is (var topic, { } reader) ? new(job, topic, reader, clock) : null;
    private readonly QuietPartitions? _quiet = job.Stages is null && sources[0] is (var topic, { } reader) ? new(job, topic, reader, clock) : null;
    private readonly StageRepair? _stageRepair = job.Stages is null ? null : new(job, sources, clock, lookups ?? [], letters);
    private readonly Dictionary<(EntityKind, string), IReadOnlyList<int>> _sourcesOf = SourcesOf(job);

    /// <summary>Passes by.</summary>
    /// <param name="mark">How far the job has read; null if that is not known now.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The gaps that are open, those of which the topic no longer has the beginning, and for how long records have waited while none was committed.</returns>
    public async Task<(IReadOnlyList<OpenGap> Open, IReadOnlyList<Gap> Gone, TimeSpan Standstill)> RunAsync(PositionMark? mark, IEntityClient client, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var state = await client.GetJobAsync(_keys.OfJob, cancellationToken) ?? new JobState();
        await client.SendAllAsync(
            _keys.Fixed.Select(e => new Signal(e.Kind, e.Key, Operations.Pulse, new PulseMessage(Positions: PositionsFor(e, state, mark))))
                .Concat(state.ToVisit(job.Times, now).Where(e => !_sourcesOf.ContainsKey(e)).Select(e => new Signal(e.Kind, e.Key, Operations.Pulse, new PulseMessage(IsWatching: true)))),
            cancellationToken);
        if (mark is not null)
        {
            mark = await WithoutEmptyEndsAsync(mark, state, cancellationToken);
            await client.SendAsync(new Signal(EntityKind.Job, _keys.OfJob, Operations.Mark, mark), cancellationToken);
        }
        List<OpenGap> open = [.. state.OpenGaps(job.Times, now)];
        var gone = new List<Gap>();
        foreach (var partition in open.Select(g => g.Gap).GroupBy(g => new SourcePartition(g.Source, g.Partition)))
        {
            if (_stageRepair is not null)
                gone.AddRange(await _stageRepair.RunAsync(partition.Key, [.. partition], now + LongestRepair, client, cancellationToken));
            else if (_repair is not null)
                gone.AddRange(await _repair.RunAsync(partition.Key.Partition, [.. partition], now + LongestRepair, client, cancellationToken));
        }
        if (_quiet is not null)
            await _quiet.RunAsync(state, now + LongestRepair, client, cancellationToken);
        // As the job's entity will.
        if (mark is not null)
            state.Take(mark, job.Times);
        return (open, gone, mark is null ? TimeSpan.Zero : state.LongestStandstill);
    }

    private static Dictionary<(EntityKind, string), IReadOnlyList<int>> SourcesOf(DurableJob job)
    {
        if (job.Stages is null)
            return [];
        var places = new StagePlaces(job);
        return Enumerable.Range(0, places.Count).ToDictionary(places.EntityOf, places.SourcesOf);
    }

    // How far the sources are read whose records an entity takes; null if it takes none, or that is not known now.
    private List<SourcePosition>? PositionsFor((EntityKind, string) entity, JobState state, PositionMark? mark)
    {
        if (mark is null || !_sourcesOf.TryGetValue(entity, out var own) || own.Count == 0)
            return null;
        return [.. (state.Begins ?? [])
            .Where(b => own.Contains(b.Key.Source) && mark.Positions.ContainsKey(b.Key))
            .Select(b => new SourcePosition(b.Key.Source, b.Key.Partition, b.Value, mark.Positions[b.Key]))];
    }

    // A partition's last offsets may hold no record (a transaction's marker, compaction), and then nobody commits that they are read.
    private async Task<PositionMark> WithoutEmptyEndsAsync(PositionMark mark, JobState state, CancellationToken cancellationToken)
    {
        if (mark.Ends is null)
            return mark;
        var ends = mark.Ends.ToDictionary();
        foreach (var (partition, end) in mark.Ends)
        {
            if (sources[partition.Source].Reader is not { } reader || !state.Standstills.TryGetValue(partition, out var known) || mark.At - known.Since < job.Times.StandstillAfter
                || mark.Positions.GetValueOrDefault(partition) is var next && next != known.Next)
                continue;
            try
            {
                if (await reader.InspectAsync(partition.Partition, next, end - 1, cancellationToken) != OffsetRangeContent.Records)
                    ends[partition] = next;
            }
            catch (Exception e) when (e is SourceUnavailableException or ConnectorException)
            {
                // What cannot be read stands still.
            }
        }
        return mark with { Ends = ends };
    }
}
