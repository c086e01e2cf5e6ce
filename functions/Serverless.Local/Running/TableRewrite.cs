using System.Runtime.CompilerServices;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>Corrects a job's table after its script has changed: makes rows from stored groups, with the present job and with what it was before. Of several stages the rows themselves are stored.</summary>
/// <param name="compiled">The present job.</param>
/// <param name="state">Its state, and the former ones.</param>
/// <param name="maxRows">The most rows of a write.</param>
/// <param name="write">Writes rows, however long the sink is away, and returns when they are durable.</param>
/// <param name="fail">Takes the rows that cannot be made.</param>
/// <param name="connectors">The connectors that former scripts are compiled with.</param>
/// <param name="clock">For <c>CURRENT_TIMESTAMP</c>.</param>
internal sealed class TableRewrite(
    CompiledJob compiled, JobState state, int maxRows, Func<IReadOnlyList<RowChange>, CancellationToken, Task> write, Action<GroupAnswer> fail, IConnectorCatalog connectors,
    TimeProvider clock)
{
    private const int PageSize = 1000;

    private readonly List<RowChange> _rows = [];

    /// <summary>Writes every row again, and deletes those that the job made in another form and no longer makes.</summary>
    /// <returns>How many were written and deleted, and where rows stay that it makes no more.</returns>
    public async Task<(long Written, long Deleted, IReadOnlyList<string> Staying)> WriteAllAsync(CancellationToken cancellationToken)
    {
        _rows.Clear();
        await state.WritingAsync(cancellationToken);
        var staying = new List<string>();
        var formers = Formers(state.Key, state.Fingerprint, state.Forms, staying);
        var orphans = new OrphanedRows(compiled.Job);
        var written = 0L;
        await foreach (var answer in AnswersAsync(compiled, state.Key, cancellationToken))
        {
            if (formers.Count > 0)
                orphans.Keep(answer);
            fail(answer);
            await AddAsync(answer.Rows, cancellationToken);
            written += answer.Rows.Count(r => !r.IsDelete);
        }
        await FlushAsync(0, cancellationToken);
        var deleted = await DeleteAsync(orphans, formers, cancellationToken);
        await state.WrittenAsync(cancellationToken);
        return (written, deleted, staying);
    }

    /// <summary>Deletes the rows of the former states that the job does not make, and then those states.</summary>
    /// <param name="readsAll">Says whether the present state has read all that a former one has: if not, nothing of that is deleted.</param>
    /// <param name="cancellationToken">Stops it; it can be done again.</param>
    /// <returns>How many were deleted, and where rows stay that it does not make.</returns>
    public async Task<(long Deleted, IReadOnlyList<string> Staying)> DropFormersAsync(Func<FormerScript, bool> readsAll, CancellationToken cancellationToken)
    {
        var staying = new List<string>();
        var formers = new List<(Job Job, string State)>();
        foreach (var former in state.Formers.Where(f => f.HasRead))
            if (readsAll(former) && IsKnown(former.IsOfStages, former.KeepsRows) && IsKnown(compiled.Job.Dataflow is not null, state.KeepsRows))
                formers.AddRange(Formers(former.Key, former.Fingerprint, former.Forms, staying));
            else
                staying.AddRange(former.Forms.Select(f => f.Table));
        var orphans = new OrphanedRows(compiled.Job);
        if (formers.Count > 0)
            await foreach (var answer in AnswersAsync(compiled, state.Key, cancellationToken))
                orphans.Keep(answer);
        var deleted = await DeleteAsync(orphans, formers, cancellationToken);
        await state.DropFormersAsync(cancellationToken);
        return (deleted, [.. staying.Distinct()]);
    }

    // Of several stages, rows are told apart by a key, and a version that did not keep them has not begun the state.
    private bool IsKnown(bool isOfStages, bool keepsRows) => !isOfStages || (keepsRows && compiled.Job.Sink.PrimaryKey.Count > 0);

    // Those that wrote the same table; of the others, their tables.
    private List<(Job Job, string State)> Formers(string key, string fingerprint, IReadOnlyList<OutputForm> forms, List<string> staying)
    {
        var found = new List<(Job, string)>();
        foreach (var form in forms)
        {
            if (form.Table == state.Form.Table && form.Fingerprint == state.Form.Fingerprint && key == state.Key)
                continue;
            // An embedded broker's id stands behind the job's own fingerprint.
            if (form.Table == state.Form.Table && form.Compile(state.Job, fingerprint.Split('-')[0], connectors) is { } job)
                found.Add((job, key));
            else
                staying.Add(form.Table);
        }
        return found;
    }

    // The deletes are as new as the present job's rows are.
    private async Task<long> DeleteAsync(OrphanedRows orphans, IEnumerable<(Job Job, string State)> formers, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        foreach (var (job, key) in formers)
            await foreach (var answer in AnswersAsync(new CompiledJob(job) { Epoch = compiled.Epoch }, key, cancellationToken))
            {
                var deletes = orphans.DeletesOf(job, answer).ToList();
                await AddAsync(deletes, cancellationToken);
                deleted += deletes.Count;
            }
        await FlushAsync(0, cancellationToken);
        return deleted;
    }

    private Task AddAsync(IEnumerable<RowChange> rows, CancellationToken cancellationToken)
    {
        _rows.AddRange(rows);
        return FlushAsync(maxRows - 1, cancellationToken);
    }

    // Writes until no more than so many wait.
    private async Task FlushAsync(int most, CancellationToken cancellationToken)
    {
        while (_rows.Count > most)
        {
            var count = Math.Min(_rows.Count, maxRows);
            await write(_rows.GetRange(0, count), cancellationToken);
            _rows.RemoveRange(0, count);
        }
    }

    private async IAsyncEnumerable<GroupAnswer> AnswersAsync(
        CompiledJob job, string key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        if (job.Job.Dataflow is not null)
        {
            while (await state.RowsAsync(key, after, PageSize, cancellationToken) is { Count: > 0 } some)
            {
                // A delete that waits may leave a row of a former state.
                yield return new GroupAnswer(key == state.Key ? some : [.. some.Select(r => r with { IsDelete = false })], [], 0);
                after = some[^1].Key;
            }
            yield break;
        }
        var rows = new RowBuilder(job);
        while (await state.PageAsync(key, after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var (name, bytes) in page)
                yield return Read(job, name, bytes).Rows(rows, clock.GetUtcNow());
            after = page[^1].Key;
        }
    }

    private static Group Read(CompiledJob job, string key, byte[] bytes)
    {
        try
        {
            return Group.Read(job, key, bytes);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException($"job '{job.Job.Name}': {e.Message}; start anew in another folder with --state", ExitCode.Failed);
        }
    }
}
