using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>
/// Reads offsets again that cells of stages, or parts of an output, have not been told of, and tells them what they hold. What an entity has been told after all it does not
/// add again, and what gets lost again is reported again.
/// </summary>
/// <param name="job">A job of several stages.</param>
/// <param name="sources">Its sources.</param>
/// <param name="clock">The clock.</param>
/// <param name="lookups">What finds rows in the tables that the job looks up; its own, as it asks while batches come.</param>
/// <param name="letters">Where records go of which a table now says what cannot be used; null for nowhere.</param>
internal sealed class StageRepair(DurableJob job, IReadOnlyList<JobSource> sources, TimeProvider clock, IReadOnlyList<ILookup> lookups, IDeadLetters? letters)
{
    private readonly StageIngest _ingest = new(job, lookups);

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
                if (await RepairAsync(partition.Source, read.Records, told, cancellationToken) is not { } signals)
                    return gone;
                await client.SendAllAsync(signals, cancellationToken);
                next = read.Next;
            }
        }

        return gone;
    }

    // Null if a table that rows are looked up in is away, or where dead letters go: the gaps stay, and the next pulse tries again.
    private async Task<IReadOnlyList<Signal>?> RepairAsync(int source, IReadOnlyList<Record> records, IReadOnlyList<Gap> gaps, CancellationToken cancellationToken)
    {
        try
        {
            var dead = new List<DeadLetter>();
            var signals = await _ingest.RepairAsync(source, records, gaps, sources[source].Topic, dead, cancellationToken);
            // The others were written when the records were read first; what a table answers may have been right then.
            dead.RemoveAll(d => lookups.Count == 0 || d.Kind != DeadLetterKind.Expression);
            if (dead.Count > 0 && letters is not null)
                await letters.WriteAsync(dead, cancellationToken);
            return signals;
        }
        catch (SinkUnavailableException)
        {
            return null;
        }
    }
}
