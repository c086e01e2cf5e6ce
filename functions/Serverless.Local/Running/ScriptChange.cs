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
/// <param name="sources">What it reads.</param>
/// <param name="options">How it runs.</param>
/// <param name="rewrite">Makes its table right.</param>
/// <param name="logger">Told what happens.</param>
internal sealed class ScriptChange(CompiledJob compiled, JobState state, IReadOnlyList<ISource> sources, RunnerOptions options, TableRewrite rewrite, ILogger logger)
{
    private readonly IReadOnlyList<FormerScript> _formers = [.. state.Formers.Where(f => f.HasRead)];
    private readonly CatchUp?[] _catchUps = new CatchUp?[sources.Count];
    private SourceStarts _start = state.Start ?? SourceStarts.None;
    private bool _isKnown;

    /// <summary>Whether the job has caught up with what it was before, whose rows are still there.</summary>
    public bool IsCaughtUp => Array.TrueForAll(_catchUps, c => c is { IsOver: true });

    /// <summary>Determines where reading starts, unless that is known or a topic does not exist yet.</summary>
    /// <param name="records">What has been read and not applied yet.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="CommandException">The job would start anew on fewer records than its table is made of.</exception>
    public async ValueTask StartAsync(IReadOnlyList<SourceRecords> records, CancellationToken cancellationToken)
    {
        if (_isKnown)
            return;
        var isNew = false;
        _isKnown = true;
        for (var i = 0; i < sources.Count; i++)
        {
            var topic = sources[i].Topic;
            if (_start.Of(topic) is not null && (state.Formers.Count == 0 || _catchUps[i] is not null))
                continue;
            var bounds = await sources[i].BoundsAsync(cancellationToken);
            if (bounds.Count == 0)
            {
                _isKnown = false;
                continue;
            }
            if (_start.Of(topic) is null)
            {
                isNew = true;
                var read = records.Where(r => r.Source == i).SelectMany(r => r.Records).ToList();
                await BeginAsync(i, new StartOffsets(bounds.Select(b => (b.Partition, First(b, read)))), cancellationToken);
            }
            if (state.Formers.Count > 0)
                _catchUps[i] = new CatchUp(bounds);
        }
        if (!_isKnown || _formers.Count == 0)
            return;
        if (isNew)
            logger.LogWarning(
                "Job {Job} has changed: it starts anew. Its former state, of {Groups} groups, is kept until the new one has caught up; {Then}{Back}",
                state.Job, _formers.Sum(f => f.Groups), EpochRule.FateOfFormerRows(compiled.Job, [.. sources.SelectMany(s => MissingOf(s.Topic, _formers).Select(m => (s.Topic, m)))]),
                _formers[0].IsOfStages ? "" : ". Until then the former script goes on with it");
        else if (state.IsChanged)
            logger.LogWarning(
                "Job {Job} is again what it was before: its kept state, of {Groups} groups, is taken up, and the rows that the job in between made and it does not are deleted when it has caught up",
                state.Job, state.Groups);
    }

    /// <summary>Writes every row again if that is due.</summary>
    public async Task WriteAgainAsync(CancellationToken cancellationToken)
    {
        var isOther = state.Forms.Any(f => f.Fingerprint != state.Form.Fingerprint);
        if (!isOther && state.IsWritten && !options.Rewrite)
            return;
        if (compiled.Job is { Dataflow: not null, Sink.PrimaryKey.Count: 0 })
        {
            logger.LogWarning("Job {Job} only adds rows to a table without a primary key and does not keep them: --rewrite writes nothing again", state.Job);
            return;
        }
        if (compiled.Job.Dataflow is not null && !state.KeepsRows)
            logger.LogWarning("Job {Job} was begun by a version that did not keep its rows: only those are written again that have changed since. Choose another folder with --state to make them all anew", state.Job);
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

    /// <summary>Takes note of records of a source that were applied.</summary>
    public void Read(int source, IReadOnlyList<Record> records) => _catchUps[source]?.Read(records);

    /// <summary>Takes note of how far reading a source is behind.</summary>
    public void Read(int source, IReadOnlyList<PartitionLag> lags) => _catchUps[source]?.Read(lags);

    /// <summary>Deletes the rows that the job no longer makes, and the former states. Everything that was read must be stored and written.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        var (deleted, staying) = await rewrite.DropFormersAsync(former => sources.All(s => MissingOf(s.Topic, [former]).Count == 0), cancellationToken);
        Array.Clear(_catchUps);
        if (_formers.Count > 0)
            logger.LogInformation(
                LogNotice.Id, "Job {Job} has caught up with what it was before: {Deleted} rows that it does not make are deleted, and the former state with them{Staying}",
                state.Job, deleted, Stay(staying));
    }

    private async Task BeginAsync(int source, StartOffsets start, CancellationToken cancellationToken)
    {
        var topic = sources[source].Topic;
        _start = _start.With(topic, start);
        var isAtBeginning = !options.StartsElsewhere.Contains(source);
        if (_formers.Count == 0 && isAtBeginning && start.MissingOf(new StartOffsets([])) is { Count: > 0 } gone)
            logger.LogInformation(
                LogNotice.Id, "Job {Job} starts where '{Topic}' begins, which is not with its first record: {Missing} are gone, and no row is made of them",
                state.Job, topic, EpochRule.TextOf(gone));
        if (isAtBeginning && EpochRule.RefusalOf(compiled.Job, topic, MissingOf(topic, _formers)) is { } refusal)
        {
            await state.AbandonAsync(cancellationToken);
            throw new CommandException(refusal, ExitCode.Failed);
        }
        await state.StartedAsync(_start, cancellationToken);
    }

    private IReadOnlyList<(int Partition, long From, long To)> MissingOf(string topic, IEnumerable<FormerScript> formers) => _start.MissingOf(topic, formers.Select(f => f.Start));

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
