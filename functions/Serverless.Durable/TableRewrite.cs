using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>Has every cell of a job write its rows again: with each pulse some of those that have not.</summary>
/// <param name="job">The job.</param>
/// <param name="clock">The clock.</param>
internal sealed class TableRewrite(DurableJob job, TimeProvider clock)
{
    // The rows of so much state are far less than what makes the outputs full.
    private const int MostBytes = 2 << 20;

    private readonly EntityKeys _keys = new(job);

    /// <summary>Asks the cells that have not written their rows again, and passes by those that have lost something.</summary>
    /// <param name="rewrite">The demand.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops; the next pulse goes on.</param>
    /// <returns>Whether all rows are with the outputs, and then how many there were, and how many HAVING left out.</returns>
    public async Task<(bool IsDone, long Rows, long Deletes)> RunAsync(Rewrite rewrite, IEntityClient client, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if ((await client.GetJobAsync(_keys.OfJob, cancellationToken))?.IsFull(now) is true)
            return default;
        var asked = new RewriteMessage(rewrite.At.ToUnixTimeMilliseconds(), job.Compiled.Epoch);
        if (job.Stages is not null)
            return await RunStagesAsync(asked, client, cancellationToken);
        var (isDone, rows, deletes, bytes) = (true, 0L, 0L, 0L);
        foreach (var kind in job.Compiled.IsSplit ? (EntityKind[])[EntityKind.Shard, EntityKind.Group] : [EntityKind.Group])
            await foreach (var (key, state) in client.GetCellsAsync(kind, _keys.Prefix, cancellationToken))
            {
                var isBehind = kind == EntityKind.Group && state.HasEntries && !(state.Rewritten?.Asked >= asked.Asked);
                if (isBehind && bytes >= MostBytes)
                    return default;
                if (isBehind)
                {
                    bytes += state.EntryBytes;
                    await client.SendAsync(new Signal(kind, key, Operations.Rewrite, asked), cancellationToken);
                }
                else if (state.IsOverdue(now, job.Times))
                    await client.SendAsync(new Signal(kind, key, Operations.Pulse, new PulseMessage(IsWatching: true)), cancellationToken);
                isDone &= !isBehind && !state.IsOverdue(now, job.Times) && state.Sent?.Exists(s => s.At <= state.Rewritten?.At) is not true;
                (rows, deletes) = (rows + (state.Rewritten?.Rows ?? 0), deletes + (state.Rewritten?.Deletes ?? 0));
            }
        return (isDone, rows, deletes);
    }

    // The outputs have the rows themselves, and a pulse passes by them.
    private async Task<(bool IsDone, long Rows, long Deletes)> RunStagesAsync(RewriteMessage asked, IEntityClient client, CancellationToken cancellationToken)
    {
        var (isDone, rows) = (true, 0L);
        for (var part = 0; part < OutboxPartition.Count; part++)
        {
            var key = _keys.OfOutput(part);
            if (await client.GetOutputAsync(key, cancellationToken) is not { HasEntries: true } state)
                continue;
            if (state.Rewritten?.Asked >= asked.Asked)
            {
                rows += state.Rewritten.Rows;
                continue;
            }
            isDone = false;
            if (!(state.Rewriting?.Asked >= asked.Asked))
                await client.SendAsync(new Signal(EntityKind.Output, key, Operations.Rewrite, asked), cancellationToken);
        }
        return (isDone, rows, 0);
    }
}
