namespace Serverless.Durable;

/// <summary>
/// Reads offsets again that cells of stages, or parts of an output, have not been told of, and tells them what they hold. What an entity has been told after all it does not
/// add again, and what gets lost again is reported again.
/// </summary>
/// <param name="job">A job of several stages.</param>
/// <param name="sources">Its sources.</param>
/// <param name="clock">The clock.</param>
internal sealed class StageRepair(DurableJob job, IReadOnlyList<JobSource> sources, TimeProvider clock)
{
    private readonly StageIngest _ingest = new(job);

    /// <summary>Repairs the gaps of one partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="gaps">The gaps.</param>
    /// <param name="until">Not longer than until then; what is left is reported again.</param>
    /// <param name="client">Takes the deltas.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The gaps of which the topic no longer has the beginning.</returns>
    public async Task<IReadOnlyList<Gap>> RunAsync(SourcePartition partition, IReadOnlyList<Gap> gaps, DateTimeOffset until, IEntityClient client, CancellationToken cancellationToken)
    {
        if (sources[partition.Source].Reader is not { } reader)
            return [];
        var gone = new List<Gap>();
        foreach (var range in GapRepair.Merge(gaps))
        {
            List<Gap> left = [.. range];
            var last = left.Max(g => g.Last);
            for (var next = left.Min(g => g.First); next <= last && left.Count > 0 && clock.GetUtcNow() < until;)
            {
                var read = await reader.ReadAsync(partition.Partition, next, last, cancellationToken);
                // An empty stretch would hide for ever what is gone.
                gone.AddRange(left.Where(g => Math.Max(g.First, next) < read.First && g.Last >= next));
                left.RemoveAll(gone.Contains);
                if (read.Next == next)
                    break;
                List<Gap> told = [.. left
                    .Select(g => g with { First = Math.Max(g.First, Math.Max(next, read.First)), Last = Math.Min(g.Last, read.Next - 1) })
                    .Where(g => g.First <= g.Last)];
                await client.SendAllAsync(_ingest.Repair(partition.Source, read.Records, told), cancellationToken);
                next = read.Next;
            }
        }

        return gone;
    }
}
