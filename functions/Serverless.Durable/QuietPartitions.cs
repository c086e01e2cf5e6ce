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
    private readonly Placement _placement = new(job);

    /// <summary>Tells the groups that were sent something lately of every partition that has been quiet for a while, so that who lacks it knows.</summary>
    /// <param name="state">The job's state.</param>
    /// <param name="until">Not longer than until then; the next pulse goes on.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(JobState state, DateTimeOffset until, IEntityClient client, CancellationToken cancellationToken)
    {
        foreach (var check in state.QuietChecks(job.Times, clock.GetUtcNow(), job.SettledAfter))
            await RunAsync(check, until, client, cancellationToken);
    }

    private async Task RunAsync(QuietCheck check, DateTimeOffset until, IEntityClient client, CancellationToken cancellationToken)
    {
        var ingestor = new Ingestor(job.Compiled, topic);
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
        foreach (var signal in _packer.PackCover(ingestor.Cover(), clock.GetUtcNow()))
            await client.SendAsync(signal, cancellationToken);
        var done = next < check.Next ? check with { From = next } : check with { From = -1, Round = check.Round + 1 };
        await client.SendAsync(new Signal(EntityKind.Job, _placement.OfJob, Operations.Checked, done), cancellationToken);
    }
}
