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
/// to be read again, or the rows to be written again. Rows with a key stay there when they are written: so it is known which there are.
/// </summary>
internal sealed class DataflowPipeline : IPipeline
{
    private readonly JobState _state;
    private readonly Output _output;
    private readonly RunnerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Job _job;
    private readonly Dataflow _dataflow;
    private readonly ScriptChange _change;
    private readonly Dictionary<string, (RowVersion Version, bool IsDelete)> _stored = [];
    private readonly FailureClock _failing = new();
    private bool _isStarted;

    /// <summary>Makes one.</summary>
    public DataflowPipeline(
        Job job, JobState state, IReadOnlyList<ISource> sources, IReadOnlyDictionary<DataflowLookup, ITableLookup> lookups, Output output, RunnerOptions options, int maxRows,
        Func<IReadOnlyList<RowChange>, CancellationToken, Task> writeAgain, TimeProvider clock, ILogger logger)
    {
        (_job, _state, _output, _options, _clock) = (job, state, output, options, clock);
        var compiled = new CompiledJob(job) { Epoch = state.Born.ToUnixTimeMilliseconds() };
        _change = new ScriptChange(compiled, state, sources, options, new TableRewrite(compiled, state, maxRows, writeAgain, _ => { }, options.Connectors, clock), logger);
        _dataflow = new Dataflow(job, lookup => lookups[lookup]) { Epoch = state.Born.ToUnixTimeMilliseconds(), Topics = [.. sources.Select(s => s.Topic)] };
    }

    /// <inheritdoc />
    public long Groups { get; private set; }

    /// <inheritdoc />
    public bool IsFull => false;

    /// <inheritdoc />
    public bool IsCaughtUp => _change.IsCaughtUp;

    /// <inheritdoc />
    public async ValueTask StartAsync(IReadOnlyList<SourceRecords> records, CancellationToken cancellationToken)
    {
        if (!_isStarted)
        {
            await LoadAsync(cancellationToken);
            _isStarted = true;
        }

        await _change.StartAsync(records, cancellationToken);
    }

    /// <inheritdoc />
    public Task WriteAgainAsync(CancellationToken cancellationToken) => _change.WriteAgainAsync(cancellationToken);

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
            _change.Read(source, some);
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
        var added = rows.Where(r => !_stored.TryGetValue(r.Key, out var stored) || stored.Version != r.Version).ToList();
        var written = _stored.Where(s => !waiting.ContainsKey(s.Key)).Select(s => (s.Key, IsThere: !s.Value.IsDelete && _job.Sink.PrimaryKey.Count > 0)).ToList();
        Groups = await _state.Dataflow.SaveStagesAsync(states, added, written, cancellationToken);
        foreach (var (key, _) in written)
            _stored.Remove(key);
        foreach (var row in added)
            _stored[row.Key] = (row.Version, row.IsDelete);
        if (_dataflow.BytesInMemory > _options.MaxStateBytes)
            _dataflow.Evict();
        Memory.Require(_job.Name, () => null);
    }

    /// <inheritdoc />
    public void Read(int source, IReadOnlyList<PartitionLag> lags) => _change.Read(source, lags);

    /// <inheritdoc />
    public Task FinishAsync(CancellationToken cancellationToken) => _change.FinishAsync(cancellationToken);

    /// <inheritdoc />
    public IReadOnlyList<DeadLetter> TakeOldFailures()
    {
        var failures = _dataflow.Failures.ToDictionary(f => f.Row);
        return [.. _failing.TakeLasting(failures.ToDictionary(f => f.Key, _ => default(RowVersion)), _clock.GetElapsedTime(0)).Select(row => LetterOf(failures[row]))];
    }

    /// <inheritdoc />
    public IReadOnlyList<DeadLetter> TakeAllFailures() =>
        [.. _dataflow.Failures.Where(f => !_failing.IsTold(f.Row)).Select(LetterOf)];

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
            _stored[row.Key] = (row.Version, row.IsDelete);
    }
}
