using Serverless.Connectors;
using Serverless.Engine.Sql;

namespace Serverless.Durable;

/// <summary>
/// What a job has to do after its script was edited, a step with each pulse: write all rows again; and, once it has caught up with what it was before, delete
/// the rows that it does not make, twice, as a message may be lost, and then that state.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="sources">Its sources.</param>
/// <param name="connectors">The connectors.</param>
/// <param name="clock">The clock.</param>
/// <param name="keys">Where cold keys lie; null if cells keep all their keys.</param>
public sealed class ScriptChange(DurableJob job, IReadOnlyList<JobSource> sources, IConnectorCatalog connectors, TimeProvider clock, IKeyStore? keys = null)
{
    private readonly TableRewrite _rewrite = new(job, clock);
    private readonly FormerRows _formers = new(job, sources, connectors, clock, keys);

    /// <summary>Takes the next step.</summary>
    /// <param name="generation">What is stored of the job now.</param>
    /// <param name="mark">How far it has read; null if that is not known now.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops; the next pulse takes the step again.</param>
    /// <returns>What has changed; null for nothing.</returns>
    public async Task<ChangeStep?> RunAsync(Generation generation, PositionMark? mark, IEntityClient client, CancellationToken cancellationToken)
    {
        if (generation.Rewrite is { IsDone: false } rewrite)
            return await RewriteAsync(rewrite, client, cancellationToken);
        if (generation.Formers is null)
            return null;
        var now = clock.GetUtcNow();
        if (generation.CaughtUp is not { } since)
            return await IsCaughtUpAsync(generation, mark, cancellationToken) ? new ChangeStep(g => g with { CaughtUp = now }) : null;
        if (now - (generation.Deleted ?? since) < job.Times.SettledAfter)
            return null;
        var (deleted, staying) = await _formers.DeleteAsync(generation, client, cancellationToken);
        return generation.Deleted is null ? new ChangeStep(g => g with { Deleted = now })
            : new ChangeStep(g => g with { Formers = null, Ends = null, CaughtUp = null, Deleted = null })
            {
                Told = $"has caught up with what it was before: {deleted} rows that it does not make are deleted, and the former state with them"
                    + (staying.Count == 0 ? "" : $"; rows that were written to {string.Join(" and ", staying)} and that it does not make stay there"),
                Forgotten = generation.Formers,
            };
    }

    /// <summary>Deletes states that are not kept any more.</summary>
    /// <param name="formers">The generations, which must not be stored any more as kept ones.</param>
    /// <param name="client">The entities.</param>
    /// <param name="cancellationToken">Stops; what is left is nobody's.</param>
    public async Task ForgetAsync(IReadOnlyList<Generation> formers, IEntityClient client, CancellationToken cancellationToken)
    {
        foreach (var former in formers)
            await _formers.ForgetAsync(former, client, cancellationToken);
    }

    private async Task<ChangeStep?> RewriteAsync(Rewrite rewrite, IEntityClient client, CancellationToken cancellationToken)
    {
        var (isDone, rows, deletes) = await _rewrite.RunAsync(rewrite, client, cancellationToken);
        return !isDone ? null : new ChangeStep(g => g.Rewrite?.At == rewrite.At ? g with { Rewrite = rewrite with { IsDone = true } } : g)
        {
            Told = rows + deletes == 0 ? null
                : $"has written {rows} rows again{(deletes == 0 ? "" : $", and deleted the {deletes} that its HAVING leaves out where they were there")}: {rewrite.Reason}",
        };
    }

    private async Task<bool> IsCaughtUpAsync(Generation generation, PositionMark? mark, CancellationToken cancellationToken)
    {
        if (mark is null || generation.Ends is null)
            return false;
        foreach (var (partition, end) in generation.Ends)
        {
            var next = mark.Positions.GetValueOrDefault(partition);
            if (next < end && !(sources[partition.Source].Reader is { } reader && await HoldsNothingAsync(reader, partition.Partition, next, end - 1, cancellationToken)))
                return false;
        }
        return true;
    }

    // A partition's last offsets may hold no record, and then nobody commits that they are read.
    private static async Task<bool> HoldsNothingAsync(IRangeReader reader, int partition, long first, long last, CancellationToken cancellationToken) =>
        await reader.ReadAsync(partition, first, last, cancellationToken) is { Records.Count: 0 } range && range.Next > last;
}

/// <summary>A step that a job has taken after its script was edited.</summary>
/// <param name="Apply">What it changes of what is stored.</param>
public sealed record ChangeStep(Func<Generation, Generation> Apply)
{
    /// <summary>What to say of the job; null for nothing.</summary>
    public string? Told { get; init; }

    /// <summary>The states that are not kept any more: see <see cref="ScriptChange.ForgetAsync"/>.</summary>
    public IReadOnlyList<Generation> Forgotten { get; init; } = [];
}
