using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>
/// Looks once more at what was read last of a partition that has gone quiet. A group knows that a slice was lost by the next one, or by word of how far the
/// partition is read; if the process died that would have said so, nobody else would.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="topic">What the source is called.</param>
/// <param name="reader">Reads the topic.</param>
/// <param name="clock">The clock.</param>
internal sealed class QuietPartitions(DurableJob job, string topic, IRangeReader reader, TimeProvider clock)
{
    private readonly SlicesPacker _packer = new(job);
    private readonly EntityKeys _keys = new(job);

    /// <summary>Tells the groups that were sent something lately of every partition that has been quiet for a while, so that who lacks it knows.</summary>
    /// <param name="state">The job's state.</param>
    /// <param name="until">Not longer than until then; the next pulse goes on.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(JobState state, DateTimeOffset until, IEntityClient client, CancellationToken cancellationToken)
    {
        var ingestor = job.NewIngestor(topic);
        var looked = new List<QuietCheck>();
        foreach (var check in state.QuietChecks(job.Times, clock.GetUtcNow(), job.SettledAfter))
            looked.Add(await ReadAsync(ingestor, check, until, cancellationToken));
        // One message to an entity, of however many partitions.
        await client.SendAllAsync(_packer.PackCover(ingestor.Cover(), clock.GetUtcNow()), cancellationToken);
        foreach (var check in looked)
            await client.SendAsync(new Signal(EntityKind.Job, _keys.OfJob, Operations.Checked, check), cancellationToken);
    }

    // What is to be known of the partition when its groups are told.
    private async Task<QuietCheck> ReadAsync(Ingestor ingestor, QuietCheck check, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var next = check.From;
        var behind = next;
        while (next < check.Next && clock.GetUtcNow() < until)
        {
            var read = await reader.ReadAsync(check.Partition, next, check.Next - 1, cancellationToken);
            ingestor.Process(read.After(ref behind, next));
            ingestor.Stored(); // by whoever read it first
            if (read.Next == next)
                break;
            next = read.Next;
        }
        return next < check.Next ? check with { From = next } : check with { From = -1, Round = check.Round + 1 };
    }
}
