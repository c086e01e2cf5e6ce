using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>
/// Reads offsets that did not reach a group again, and sends it what they hold for it. Everything is idempotent: what the group has after all does no harm,
/// and what gets lost again is reported again.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="topic">What the source is called.</param>
/// <param name="reader">Reads the topic.</param>
/// <param name="clock">The clock.</param>
internal sealed class GapRepair(DurableJob job, string topic, IRangeReader reader, TimeProvider clock)
{
    private readonly SlicesPacker _packer = new(job);

    /// <summary>Repairs the gaps of one partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="gaps">The gaps.</param>
    /// <param name="until">Not longer than until then; what is left is reported again.</param>
    /// <param name="client">Takes the slices.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The gaps of which the topic no longer has the beginning.</returns>
    public async Task<IReadOnlyList<Gap>> RunAsync(int partition, IReadOnlyList<Gap> gaps, DateTimeOffset until, IEntityClient client, CancellationToken cancellationToken)
    {
        var gone = new List<Gap>();
        foreach (var range in Merge(gaps))
            gone.AddRange(await RunRangeAsync(partition, range, until, client, cancellationToken));
        return gone;
    }

    private async Task<IEnumerable<Gap>> RunRangeAsync(int partition, IReadOnlyList<Gap> gaps, DateTimeOffset until, IEntityClient client, CancellationToken cancellationToken)
    {
        var ingestor = job.NewIngestor(topic);
        var last = gaps.Max(g => g.Last);
        var next = gaps.Min(g => g.First);
        // By who lacks something: up to where, this offset not included, it has been sent what there is.
        var told = gaps.GroupBy(g => (g.Group, g.Shard)).ToDictionary(g => g.Key, _ => next);
        var behind = next;
        while (next <= last && clock.GetUtcNow() < until)
        {
            var read = await reader.ReadAsync(partition, next, last, cancellationToken);
            if (read.First > next)
            {
                // Empty slices would hide for ever what is gone.
                var left = gaps.Where(g => g.First >= read.First).ToList();
                return [.. gaps.Where(g => g.First < read.First), .. left.Count > 0 ? await RunRangeAsync(partition, left, until, client, cancellationToken) : []];
            }
            var slices = ingestor.Process(read.After(ref behind, next)).Groups.Where(s => told.ContainsKey((s.Key, s.Shard))).ToList();
            await SendAsync(slices, client, cancellationToken);
            ingestor.Stored();
            foreach (var group in slices)
                told[(group.Key, group.Shard)] = group.Slices.Span[^1].Last + 1;
            if (read.Next == next)
                break;
            next = read.Next;
        }
        var rest = told.Where(t => t.Value < Math.Min(next, last + 1)).ToList();
        await SendAsync([.. rest.Select(t => GroupSlices.Empty(job.Compiled, t.Key.Group, t.Key.Shard, partition, t.Value, Math.Min(next - 1, last)))], client, cancellationToken);
        return [];
    }

    private async Task SendAsync(IReadOnlyList<GroupSlices> slices, IEntityClient client, CancellationToken cancellationToken)
    {
        foreach (var signal in _packer.Pack(slices, clock.GetUtcNow()))
            await client.SendAsync(signal, cancellationToken);
    }

    /// <summary>Returns the gaps with those together that overlap or touch: they are read once.</summary>
    internal static IEnumerable<IReadOnlyList<Gap>> Merge(IReadOnlyList<Gap> gaps)
    {
        var range = new List<Gap>();
        var last = long.MinValue;
        foreach (var gap in gaps.OrderBy(g => g.First))
        {
            if (range.Count > 0 && gap.First > last + 1)
            {
                yield return range;
                range = [];
            }
            range.Add(gap);
            last = range.Count == 1 ? gap.Last : Math.Max(last, gap.Last);
        }
        if (range.Count > 0)
            yield return range;
    }
}
