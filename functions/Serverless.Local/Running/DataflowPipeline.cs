using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Lookup;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>
/// A job of several stages. The operators' state, the read offsets and the rows that wait for the sink are stored in one transaction: a crash in between leaves the records
/// to be read again, or the rows to be written again.
/// </summary>
internal sealed class DataflowPipeline : IPipeline
{
    private readonly JobState _state;
    private readonly IReadOnlyList<ISource> _sources;
    private readonly Output _output;
    private readonly RunnerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Job _job;
    private readonly Dataflow _dataflow;
    private readonly Dictionary<string, RowVersion> _stored = [];
    private readonly FailureClock _failing = new();
    // Of each source; null while that is not known, none if there is nothing to catch up with.
    private List<CatchUp>? _catchUps;
    private bool _isStarted;

    /// <summary>Makes one.</summary>
    public DataflowPipeline(
        Job job, JobState state, IReadOnlyList<ISource> sources, IReadOnlyDictionary<DataflowLookup, ITableLookup> lookups, Output output, RunnerOptions options, TimeProvider clock, ILogger logger)
    {
        (_job, _state, _sources, _output, _options, _clock, _logger) = (job, state, sources, output, options, clock, logger);
        _dataflow = new Dataflow(job, lookup => lookups[lookup]) { Epoch = state.Born.ToUnixTimeMilliseconds(), Topics = [.. sources.Select(s => s.Topic)] };
    }

    /// <inheritdoc />
    public long Groups { get; private set; }

    /// <inheritdoc />
    public bool IsFull => false;

    /// <inheritdoc />
    public bool IsCaughtUp => _catchUps is { Count: > 0 } some && some.TrueForAll(c => c.IsOver);

    /// <inheritdoc />
    public async ValueTask StartAsync(IReadOnlyList<SourceRecords> records, CancellationToken cancellationToken)
    {
        if (!_isStarted)
        {
            await LoadAsync(cancellationToken);
            _isStarted = true;
        }

        if (_catchUps is not null || _state.Formers.Count == 0)
            return;
        var bounds = new List<CatchUp>();
        foreach (var source in _sources)
        {
            var some = await source.BoundsAsync(cancellationToken);
            if (some.Count == 0)
                return; // not there yet
            bounds.Add(new CatchUp(some));
        }

        if (_state.IsChanged)
            _logger.LogWarning(
                "Job {Job} has changed: it starts anew. Its former state is kept until the new one has caught up. Rows that it made before and does not make now stay in the table",
                _job.Name);
        _catchUps = bounds;
    }

    /// <inheritdoc />
    public Task WriteAgainAsync(CancellationToken cancellationToken)
    {
        if (_options.Rewrite)
            _logger.LogWarning("Job {Job} has several stages and does not keep its rows: --rewrite writes nothing again", _job.Name);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async ValueTask<AppliedBatch> ApplyAsync(IReadOnlyList<SourceRecords> records, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DataflowBatch batch;
        try
        {
            batch = await _dataflow.ApplyAsync(records, _state.Dataflow, now, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException($"job '{_job.Name}': {e.Message}; start anew in another folder with --state", ExitCode.Failed);
        }

        _output.Add(new GroupAnswer(batch.Changes, [], 0));
        foreach (var (source, some) in records)
            CatchUpOf(source)?.Read(some);
        var events = batch.Records - batch.Duplicates - batch.Skipped - batch.DeadLetters.Count(l => l.Offset is not null);
        var oldest = records.SelectMany(r => r.Records.Where(x => x.Timestamp > 0).GroupBy(x => x.Partition), (_, partition) => partition.Min(x => x.Timestamp));
        return new AppliedBatch(batch.Records, events, batch.Skipped, batch.Duplicates, batch.DeadLetters, [.. oldest]) { Late = batch.Late };
    }

    /// <inheritdoc />
    public async Task SaveAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var states = new List<(int Stage, byte[] Key, byte[] State)>();
        _dataflow.TakeChanged((stage, key, state) => states.Add((stage, key, state.ToArray())));
        var rows = _output.Take();
        var waiting = rows.ToDictionary(r => r.Key);
        var added = rows.Where(r => !_stored.TryGetValue(r.Key, out var version) || version != r.Version).ToList();
        var removed = _stored.Keys.Where(k => !waiting.ContainsKey(k)).ToList();
        Groups = await _state.Dataflow.SaveStagesAsync(states, added, removed, cancellationToken);
        foreach (var key in removed)
            _stored.Remove(key);
        foreach (var row in added)
            _stored[row.Key] = row.Version;
        if (_dataflow.BytesInMemory > _options.MaxStateBytes)
            _dataflow.Evict();
        Memory.Require(_job.Name, () => null);
    }

    /// <inheritdoc />
    public void Read(int source, IReadOnlyList<PartitionLag> lags) => CatchUpOf(source)?.Read(lags);

    /// <inheritdoc />
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _state.DropFormersAsync(cancellationToken);
        _catchUps = [];
        _logger.LogInformation("Job {Job} has caught up with what it was before: the former state is deleted", _job.Name);
    }

    /// <inheritdoc />
    public IReadOnlyList<DeadLetter> TakeOldFailures()
    {
        var failures = _dataflow.Failures.ToDictionary(f => f.Row);
        return [.. _failing.TakeLasting(failures.ToDictionary(f => f.Key, _ => default(RowVersion)), _clock.GetElapsedTime(0)).Select(row => LetterOf(failures[row]))];
    }

    /// <inheritdoc />
    public IReadOnlyList<DeadLetter> TakeAllFailures() =>
        [.. _dataflow.Failures.Where(f => !_failing.IsTold(f.Row)).Select(LetterOf)];

    private CatchUp? CatchUpOf(int source) => _catchUps is { Count: > 0 } some ? some[source] : null;

    private DeadLetter LetterOf(RowFailure failure) =>
        new(_job.Name, null, null, null, DeadLetterKind.Row, failure.Reason, Encoding.UTF8.GetBytes(failure.Row), failure.Row);

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var (state, rows) = await _state.Dataflow.LoadStagesAsync(cancellationToken);
        try
        {
            if (state is not null)
                _dataflow.Load(state);
        }
        catch (InvalidDataException e)
        {
            throw new CommandException($"job '{_job.Name}': {e.Message}; start anew in another folder with --state", ExitCode.Failed);
        }

        // What waited for the sink when the process ended is written again.
        _output.Add(new GroupAnswer(rows, [], 0));
        foreach (var row in rows)
            _stored[row.Key] = row.Version;
    }
}
