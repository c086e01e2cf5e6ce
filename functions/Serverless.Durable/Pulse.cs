using Serverless.Connectors;

namespace Serverless.Durable;

/// <summary>
/// Passes by a job's entities now and then, so that a timer that was lost is set again; keeps in mind how far the job has read; and reads again what
/// did not reach a group.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="topic">What the source is called.</param>
/// <param name="reader">Reads the topic again; null if nothing can.</param>
/// <param name="clock">The clock.</param>
public sealed class Pulse(DurableJob job, string topic, IRangeReader? reader, TimeProvider clock)
{
    // Far less than the time to the next pulse.
    private static readonly TimeSpan LongestRepair = TimeSpan.FromSeconds(30);

    private readonly EntityKeys _keys = new(job);
    private readonly GapRepair? _repair = reader is null ? null : new(job, topic, reader, clock);
    private readonly QuietPartitions? _quiet = reader is null ? null : new(job, topic, reader, clock);

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
            _keys.Fixed.Select(e => new Signal(e.Kind, e.Key, Operations.Pulse, new PulseMessage()))
                .Concat(state.ToVisit(job.Times, now).Select(e => new Signal(e.Kind, e.Key, Operations.Pulse, new PulseMessage(IsWatching: true)))),
            cancellationToken);
        if (mark is not null)
        {
            mark = await WithoutEmptyEndsAsync(mark, state, cancellationToken);
            await client.SendAsync(new Signal(EntityKind.Job, _keys.OfJob, Operations.Mark, mark), cancellationToken);
        }
        List<OpenGap> open = [.. state.OpenGaps(job.Times, now)];
        var gone = new List<Gap>();
        if (_repair is not null && _quiet is not null)
        {
            foreach (var partition in open.GroupBy(g => g.Gap.Partition))
                gone.AddRange(await _repair.RunAsync(partition.Key, [.. partition.Select(g => g.Gap)], now + LongestRepair, client, cancellationToken));
            await _quiet.RunAsync(state, now + LongestRepair, client, cancellationToken);
        }
        // As the job's entity will.
        if (mark is not null)
            state.Take(mark, job.Times);
        return (open, gone, mark is null ? TimeSpan.Zero : state.LongestStandstill);
    }

    // A partition's last offsets may hold no record (a transaction's marker, compaction), and then nobody commits that they are read.
    private async Task<PositionMark> WithoutEmptyEndsAsync(PositionMark mark, JobState state, CancellationToken cancellationToken)
    {
        if (reader is null || mark.Ends is null)
            return mark;
        var ends = mark.Ends.ToDictionary();
        foreach (var (partition, end) in mark.Ends)
        {
            if (!state.Standstills.TryGetValue(partition, out var known) || mark.At - known.Since < job.Times.StandstillAfter
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
