using System.Runtime.CompilerServices;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>The rows that a job made before it meant something else, and that it does not make now.</summary>
/// <param name="job">The job.</param>
/// <param name="sources">Its sources.</param>
/// <param name="connectors">The connectors.</param>
/// <param name="clock">For <c>CURRENT_TIMESTAMP</c>.</param>
/// <param name="keys">Where cold keys lie; null if cells keep all their keys.</param>
internal sealed class FormerRows(DurableJob job, IReadOnlyList<JobSource> sources, IConnectorCatalog connectors, TimeProvider clock, IKeyStore? keys)
{
    private const int RowsAtOnce = 500;

    private readonly EntityKeys _keys = new(job);

    /// <summary>Has them deleted. What the job writes later wins over that, whichever comes first.</summary>
    /// <param name="generation">What it is, and what it was before.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops; it can be done again.</param>
    /// <returns>How many there are, and the tables in which rows stay.</returns>
    public async Task<(long Deleted, IReadOnlyList<string> Staying)> DeleteAsync(Generation generation, IEntityClient client, CancellationToken cancellationToken)
    {
        var staying = new List<string>();
        var formers = new List<DurableJob>();
        foreach (var former in generation.Formers ?? [])
            if (Compile(generation, former) is { } compiled)
                formers.Add(new DurableJob(compiled, former, hub: job.Hub));
            else
                staying.Add(former.Form?.Table ?? "a table that is not known any more");
        var orphans = new OrphanedRows(job.Job);
        if (formers.Count > 0)
            await foreach (var answer in AnswersAsync(job, client, cancellationToken))
                orphans.Keep(answer);
        var (deleted, epoch) = (0L, generation.DeleteEpoch.ToUnixTimeMilliseconds());
        foreach (var former in formers)
        {
            var rows = new List<GroupRow>();
            await foreach (var answer in AnswersAsync(former, client, cancellationToken))
            {
                rows.AddRange(orphans.DeletesOf(former.Job, answer).Select(r => new GroupRow("", r with { Version = r.Version with { Epoch = epoch } }, null)));
                if (rows.Count < RowsAtOnce)
                    continue;
                deleted += rows.Count;
                await SendAsync(rows, client, cancellationToken);
                rows.Clear();
            }
            deleted += rows.Count;
            await SendAsync(rows, client, cancellationToken);
        }
        return (deleted, [.. staying.Distinct()]);
    }

    /// <summary>Deletes the state of a former generation.</summary>
    /// <param name="former">The generation.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops; what is left is nobody's.</param>
    public async Task ForgetAsync(Generation former, IEntityClient client, CancellationToken cancellationToken)
    {
        var was = former.Form?.Compile(job.Job.Name, former.Fingerprint.Split('-')[0], connectors) ?? job.Job;
        var placement = new EntityKeys(new DurableJob(was, former, hub: job.Hub));
        foreach (var (kind, key) in placement.Fixed)
        {
            await ForgetAsync(kind, key);
            if (keys is not null && kind != EntityKind.Job)
                await keys.DeleteAsync(kind, key, cancellationToken);
        }
        foreach (var kind in (EntityKind[])[EntityKind.Group, EntityKind.Shard])
            await foreach (var (key, state) in client.GetCellsAsync(kind, placement.Prefix, cancellationToken))
            {
                await ForgetAsync(kind, key);
                if (keys is not null && state.Evictions > 0)
                    await keys.DeleteAsync(kind, key, cancellationToken);
            }

        Task ForgetAsync(EntityKind kind, string key) => client.SendAsync(new Signal(kind, key, Operations.Forget, new PulseMessage()), cancellationToken);
    }

    // Null if its rows are not to be compared: they are elsewhere, made of records that the job does not read, or, of stages, told apart by nothing.
    private Job? Compile(Generation generation, Generation former)
    {
        var isComparable = former.Form is { } form && form.Table == generation.Form?.Table && !sources.Where((s, i) => ScriptEdit.MissingOf(generation with { Formers = [former] }, i, s.Topic).Count > 0).Any();
        return isComparable && former.Form!.Compile(job.Job.Name, former.Fingerprint.Split('-')[0], connectors) is { } compiled
            && (compiled.Sink.PrimaryKey.Count > 0 || (compiled.Dataflow is null && job.Stages is null)) ? compiled : null;
    }

    private async IAsyncEnumerable<GroupAnswer> AnswersAsync(DurableJob of, IEntityClient client, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (of.Stages is not null)
        {
            var stages = new StageRows(of, client, keys);
            await foreach (var some in of == job ? stages.MadeAsync(cancellationToken) : stages.WrittenAsync(cancellationToken))
                yield return new GroupAnswer(some, [], 0);
            yield break;
        }
        var rows = new RowBuilder(of.Compiled);
        await foreach (var (cell, state) in client.GetCellsAsync(EntityKind.Group, new EntityKeys(of).Prefix, cancellationToken))
        {
            foreach (var (key, bytes) in state.Held)
                yield return Group.Read(of.Compiled, key, bytes).Rows(rows, clock.GetUtcNow());
            string? after = null;
            for (var isMore = keys is not null && state.Evictions > 0; isMore; isMore = after is not null)
            {
                var page = await keys!.ReadPageAsync(EntityKind.Group, cell, after, cancellationToken);
                foreach (var (key, bytes) in page.Values)
                    if (state.Find(key) is null)
                        yield return Group.Read(of.Compiled, key, bytes).Rows(rows, clock.GetUtcNow());
                after = page.Next;
            }
        }
    }

    private async Task SendAsync(IEnumerable<GroupRow> rows, IEntityClient client, CancellationToken cancellationToken)
    {
        foreach (var part in rows.GroupBy(r => OutboxPartition.Of(r.Key)))
            foreach (var (bytes, _) in RowsPacker.Pack([.. part]))
                await client.SendAsync(new Signal(EntityKind.Output, _keys.OfOutput(part.Key), Operations.Add, new RowsMessage(bytes)), cancellationToken);
    }
}
