using System.Runtime.CompilerServices;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>Corrects a job's table after its script has changed: makes rows from stored groups, with the present job and with what it was before.</summary>
/// <param name="compiled">The present job.</param>
/// <param name="state">Its state, and the former ones.</param>
/// <param name="maxRows">The most rows of a write.</param>
/// <param name="write">Writes rows, however long the sink is away, and returns when they are durable.</param>
/// <param name="fail">Takes the rows that cannot be made.</param>
/// <param name="clock">For <c>CURRENT_TIMESTAMP</c>.</param>
internal sealed class TableRewrite(
    CompiledJob compiled, JobState state, int maxRows, Func<IReadOnlyList<RowChange>, CancellationToken, Task> write, Action<GroupAnswer> fail, TimeProvider clock)
{
    private const int PageSize = 1000;

    private static readonly ConnectorCatalog Connectors = new();

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
    /// <param name="start">Where the present state began to read: of one that began later than the former, nothing is deleted.</param>
    /// <param name="cancellationToken">Stops it; it can be done again.</param>
    /// <returns>How many were deleted, and where rows stay that it does not make.</returns>
    public async Task<(long Deleted, IReadOnlyList<string> Staying)> DropFormersAsync(StartOffsets start, CancellationToken cancellationToken)
    {
        var staying = new List<string>();
        var formers = new List<(Job Job, string State)>();
        foreach (var former in state.Formers.Where(f => f.Groups > 0))
            if (start.MissingOf(former.Start).Count > 0)
                staying.AddRange(former.Forms.Select(f => f.Table));
            else
                formers.AddRange(Formers(former.Key, former.Fingerprint, former.Forms, staying));
        var orphans = new OrphanedRows(compiled.Job);
        if (formers.Count > 0)
            await foreach (var answer in AnswersAsync(compiled, state.Key, cancellationToken))
                orphans.Keep(answer);
        var deleted = await DeleteAsync(orphans, formers, cancellationToken);
        await state.DropFormersAsync(cancellationToken);
        return (deleted, [.. staying.Distinct()]);
    }

    // Those that wrote the same table; of the others, their tables.
    private List<(Job Job, string State)> Formers(string key, string fingerprint, IReadOnlyList<OutputForm> forms, List<string> staying)
    {
        var found = new List<(Job, string)>();
        foreach (var form in forms)
        {
            if (form.Table == state.Form.Table && form.Fingerprint == state.Form.Fingerprint && fingerprint == state.Fingerprint)
                continue;
            // An embedded broker's id stands behind the job's own fingerprint.
            if (form.Table == state.Form.Table && form.Compile(state.Job, fingerprint.Split('-')[0], Connectors) is { } job)
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
        var rows = new RowBuilder(job);
        string? after = null;
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
