using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>
/// What a job does when its script is another than the one that its state and its table come from: refuses to start anew on fewer records, writes
/// every row again, and, once it has caught up with what it was before, deletes the rows that it does not make.
/// </summary>
/// <param name="compiled">The job.</param>
/// <param name="state">Its state, and the former ones.</param>
/// <param name="source">What it reads.</param>
/// <param name="options">How it runs.</param>
/// <param name="rewrite">Makes its table right.</param>
/// <param name="logger">Told what happens.</param>
internal sealed class ScriptChange(CompiledJob compiled, JobState state, ISource source, RunnerOptions options, TableRewrite rewrite, ILogger logger)
{
    private readonly long _formerGroups = state.Formers.Sum(f => f.Groups);
    private StartOffsets? _start = state.Start;
    private CatchUp? _catchUp;
    private bool _isKnown;

    /// <summary>Whether the job has caught up with what it was before, whose rows are still there.</summary>
    public bool IsCaughtUp => _catchUp is { IsOver: true };

    /// <summary>Determines where reading starts, unless that is known or the topic does not exist yet.</summary>
    /// <param name="records">What has been read and not applied yet.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="CommandException">The job would start anew on fewer records than its table is made of.</exception>
    public async ValueTask StartAsync(IReadOnlyList<Record> records, CancellationToken cancellationToken)
    {
        if (_isKnown)
            return;
        if (_start is null || state.Formers.Count > 0)
        {
            var bounds = await source.BoundsAsync(cancellationToken);
            if (bounds.Count == 0)
                return;
            if (_start is null)
                await BeginAsync(new StartOffsets(bounds.Select(b => (b.Partition, First(b, records)))), cancellationToken);
            else if (state.IsChanged)
                logger.LogWarning(
                    "Job {Job} is again what it was before: its kept state, of {Groups} groups, is taken up, and the rows that the job in between made and it does not are deleted when it has caught up",
                    state.Job, state.Groups);
            if (state.Formers.Count > 0)
                _catchUp = new CatchUp(bounds);
        }
        _isKnown = true;
    }

    /// <summary>Writes every row again if that is due.</summary>
    public async Task WriteAgainAsync(CancellationToken cancellationToken)
    {
        var isOther = state.Forms.Any(f => f.Fingerprint != state.Form.Fingerprint);
        if (!isOther && state.IsWritten && !options.Rewrite)
            return;
        if (state.Groups > 0)
            logger.LogInformation(
                LogNotice.Id, "Job {Job} writes the rows of its {Groups} groups to {Table} again: {Reason}", state.Job, state.Groups, state.Form.Table,
                isOther ? "its sink, HAVING or outputs have changed"
                : options.Rewrite ? "--rewrite asks for it"
                : state.Forms.Count == 0 ? "its state does not say what was written"
                : "that was not finished");
        var (written, deleted, staying) = await rewrite.WriteAllAsync(cancellationToken);
        if (state.Groups > 0)
            logger.LogInformation(LogNotice.Id, "Job {Job} has written {Written} rows again and deleted {Deleted} that it no longer makes{Staying}", state.Job, written, deleted, Stay(staying));
    }

    /// <summary>Takes note of records that were applied.</summary>
    public void Read(IReadOnlyList<Record> records) => _catchUp?.Read(records);

    /// <summary>Takes note of how far reading is behind.</summary>
    public void Read(IReadOnlyList<PartitionLag> lags) => _catchUp?.Read(lags);

    /// <summary>Deletes the rows that the job no longer makes, and the former states. Everything that was read must be stored and written.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        var (deleted, staying) = await rewrite.DropFormersAsync(_start!, cancellationToken);
        _catchUp = null;
        if (_formerGroups > 0)
            logger.LogInformation(
                LogNotice.Id, "Job {Job} has caught up with what it was before: {Deleted} rows that it does not make are deleted, and the former state with them{Staying}",
                state.Job, deleted, Stay(staying));
    }

    private async Task BeginAsync(StartOffsets start, CancellationToken cancellationToken)
    {
        var missing = EpochRule.MissingOf(start, state.Formers.Where(f => f.Groups > 0).Select(f => f.Start));
        if (_formerGroups == 0 && options.StartsAtBeginning && start.MissingOf(new StartOffsets([])) is { Count: > 0 } gone)
            logger.LogInformation(
                LogNotice.Id, "Job {Job} starts where '{Topic}' begins, which is not with its first record: {Missing} are gone, and no row is made of them",
                state.Job, source.Topic, EpochRule.TextOf(gone));
        if (options.StartsAtBeginning && EpochRule.RefusalOf(compiled.Job, source.Topic, missing) is { } refusal)
        {
            await state.AbandonAsync(cancellationToken);
            throw new CommandException(refusal, ExitCode.Failed);
        }
        if (_formerGroups > 0)
            logger.LogWarning(
                "Job {Job} has changed: it starts anew. Its former state, of {Groups} groups, is kept until the new one has caught up; {Then}. Until then the former script goes on with it",
                state.Job, _formerGroups, EpochRule.FateOfFormerRows(missing));
        await state.StartedAsync(start, cancellationToken);
        _start = start;
    }

    private static long First(PartitionBounds bounds, IReadOnlyList<Record> records)
    {
        var first = bounds.Next;
        foreach (var record in records)
            if (record.Partition == bounds.Partition && record.Offset < first)
                first = record.Offset;
        return first;
    }

    private static string Stay(IReadOnlyList<string> staying) => staying.Count == 0 ? "" : $"; rows that were written to {string.Join(" and ", staying)} stay there";
}
