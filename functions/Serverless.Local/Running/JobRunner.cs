using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Lookup;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>
/// Runs one job: sources → <see cref="IPipeline"/> → output → sink, with a checkpoint every now and then. A checkpoint makes durable, in this
/// order: dead letters, state, rows, and how far the sources are read. Killed anywhere, the job reads again what was not committed, and writes again what was not
/// acknowledged.
/// </summary>
internal sealed class JobRunner : IDisposable
{
    private readonly IReadOnlyList<ISource> _sources;
    private readonly ISink _sink;
    private readonly SinkWriter _writer;
    private readonly RunnerOptions _options;
    private readonly JobMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Job _job;
    private readonly IPipeline _pipeline;
    private readonly Output _output;
    private readonly DeadLetterReport _report;
    private readonly DeadLetterBuffer _letters;
    private readonly LatencyTracker _latency;
    private readonly SinkBackoff _backoff;
    private readonly SinkBackoff _lookupBackoff;
    private readonly IReadOnlyDictionary<DataflowLookup, ITableLookup> _lookups;
    private readonly CheckpointSchedule _schedule;
    private readonly ConcurrentQueue<DeadLetter> _unsent = [];
    // Read, and waiting for a table that rows are looked up in.
    private IReadOnlyList<SourceRecords> _unapplied = [];
    private bool _hasNew;
    private bool _isLateSaid;
    private long _lagAsked;

    /// <summary>How long a stopped job waits for brokers that do not accept its offsets.</summary>
    private static readonly TimeSpan LastCommit = TimeSpan.FromSeconds(10);

    /// <summary>Makes a runner. The sources, the tables, the sink and the dead letters stay the caller's to dispose of.</summary>
    /// <param name="job">The job.</param>
    /// <param name="sources">What reads its tables, in the order of <see cref="Job.Sources"/>.</param>
    /// <param name="sink">What writes its rows.</param>
    /// <param name="letters">Takes what is set aside.</param>
    /// <param name="state">Its state.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="metrics">Told what it does.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Told what happens.</param>
    /// <param name="lookups">The tables that it looks rows up in; null for none.</param>
    public JobRunner(
        Job job, IReadOnlyList<ISource> sources, ISink sink, IDeadLetters letters, JobState state, RunnerOptions options, JobMetrics metrics,
        TimeProvider clock, ILogger logger, IReadOnlyDictionary<DataflowLookup, ITableLookup>? lookups = null)
    {
        _lookups = lookups ?? new Dictionary<DataflowLookup, ITableLookup>();
        (_sources, _sink, _options, _metrics, _clock, _logger, _job) = (sources, sink, options, metrics, clock, logger, job);
        _output = new Output(OutputLimits.InOrder with { MaxRows = options.MaxPendingRows });
        _pipeline = job.Dataflow is null
            ? new GroupPipeline(job, state, sources[0], _output, options, sink.MaxRows, WriteAgainAsync, clock, logger)
            : new DataflowPipeline(job, state, sources, _lookups, _output, options, sink.MaxRows, WriteAgainAsync, clock, logger);
        _report = new DeadLetterReport(_job.Name, letters.Place, metrics, clock, logger);
        _letters = new DeadLetterBuffer(letters, _report);
        _writer = new SinkWriter(job, _letters.WriteAsync, clock, metrics);
        _latency = new LatencyTracker(_job.Name, metrics, clock);
        Progress = new JobProgress(_job.Name, sources) { Groups = _pipeline.Groups };
        _backoff = new SinkBackoff(options.FirstRetry, clock, Progress, logger);
        _lookupBackoff = new SinkBackoff(options.FirstRetry, clock, Progress, logger, "records wait", "looks rows up");
        _schedule = new CheckpointSchedule(options.FlushInterval, clock);
    }

    /// <summary>How far it is.</summary>
    public JobProgress Progress { get; }

    /// <summary>Sets an event aside that could not be sent to the job's topic. From any thread.</summary>
    public void SetAside(long number, byte[] value, string reason) =>
        _unsent.Enqueue(new DeadLetter(_job.Name, _sources[0].Topic, null, number, DeadLetterKind.Record, reason, value));

    /// <summary>Connects, waiting for what cannot be reached.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await InsistAsync(_sink.OpenAsync, _backoff, cancellationToken);
        foreach (var lookup in _lookups.Values)
            await InsistAsync(lookup.OpenAsync, _lookupBackoff, cancellationToken);
        foreach (var source in _sources)
            await source.OpenAsync(cancellationToken);
        await _pipeline.StartAsync([], cancellationToken);
        // Last: the source says it better when brokers do not answer.
        await InsistAsync(_letters.OpenAsync, _backoff, cancellationToken);
    }

    private async Task InsistAsync(Func<CancellationToken, Task> action, SinkBackoff outage, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await action(cancellationToken);
                outage.Over();
                return;
            }
            catch (SinkUnavailableException e)
            {
                outage.Failed(e);
            }
            while (!outage.MayTry)
                await Task.Delay(_options.Quiet, _clock, cancellationToken);
        }
    }

    /// <summary>Runs until it is stopped: then the batch is finished, and a last checkpoint made.</summary>
    /// <param name="stop">Asks it to stop.</param>
    /// <param name="abort">Stops it at once.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort = default)
    {
        try
        {
            await _pipeline.WriteAgainAsync(stop);
            while (!stop.IsCancellationRequested)
                await RoundAsync(stop, abort);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Only the wait for records is given up.
        }
        _letters.Add(_pipeline.TakeAllFailures());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
        patience.CancelAfter(LastCommit);
        try
        {
            if (!await CheckpointAsync(abort, patience.Token))
                _logger.LogWarning(
                    "Job {Job} stops with {Rows} rows and {Letters} dead letters not written: their records are read again at its next start",
                    _job.Name, _output.Pending, _letters.Pending);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            _logger.LogWarning("Job {Job} stops without its offsets committed: some records are read again at its next start, which changes nothing", _job.Name);
        }
        _report.Flush();
        Show();
    }

    /// <inheritdoc />
    public void Dispose() => _report.Dispose();

    private async Task RoundAsync(CancellationToken stop, CancellationToken abort)
    {
        IReadOnlyList<SourceRecords> records = [];
        if (_unapplied.Count > 0 ? !_lookupBackoff.MayTry : IsHeldBack)
            await Task.Delay(_options.Quiet, _clock, stop);
        else
            records = _unapplied.Count > 0 ? _unapplied : await ReadAsync(stop);
        if (records.Count > 0)
        {
            await _pipeline.StartAsync(records, stop);
            await ApplyAsync(records, abort);
        }
        TakeUnsent();
        if (IsCheckpointDue(isQuiet: records.Count == 0))
            await CheckpointAsync(abort, stop); // brokers that do not take offsets are not waited for when stopped
        if (_pipeline.IsCaughtUp && !_hasNew && _output.Pending == 0)
            await _pipeline.FinishAsync(stop);
        Show();
        if (_clock.GetElapsedTime(_lagAsked) >= _options.LagInterval)
            await LookAsync(records.Count == 0 && _unapplied.Count == 0 && !IsHeldBack, stop);
    }

    // Of several sources each gives what it has; only if none has anything are they waited for, one after the other.
    private async Task<IReadOnlyList<SourceRecords>> ReadAsync(CancellationToken stop)
    {
        var batch = new List<SourceRecords>();
        var waits = _sources.Count == 1 ? new[] { _options.Quiet } : [TimeSpan.Zero, _options.Quiet / _sources.Count];
        foreach (var wait in waits)
        {
            for (var i = 0; i < _sources.Count; i++)
                if (await _sources[i].ReadAsync(_options.MaxRecords, wait, stop) is { Count: > 0 } records)
                    batch.Add(new SourceRecords(i, records));
            if (batch.Count > 0)
                break;
        }
        return batch;
    }

    private void TakeUnsent()
    {
        while (!_letters.IsFull && _unsent.TryDequeue(out var letter))
        {
            _letters.Add([letter]);
            Progress.Records++;
            Progress.BadRecords++;
        }
    }

    private bool IsFull => _output.IsFull || _letters.IsFull || _pipeline.IsFull;

    private bool IsHeldBack => _backoff.IsOn && IsFull;

    private async Task ApplyAsync(IReadOnlyList<SourceRecords> records, CancellationToken abort)
    {
        _hasNew = true;
        var now = _clock.GetUtcNow();
        _unapplied = records;
        AppliedBatch batch;
        try
        {
            batch = await _pipeline.ApplyAsync(records, now, abort);
        }
        catch (SinkUnavailableException e)
        {
            _lookupBackoff.Failed(e);
            return;
        }

        _unapplied = [];
        if (_lookupBackoff.IsOn)
            _lookupBackoff.Over();
        _latency.Add(batch.Oldest);
        _letters.Add(batch.DeadLetters);
        _metrics.Ingested(_job.Name, batch.Records, batch.Events, batch.Skipped, batch.Slices);
        _metrics.Known(_job.Name, batch.Duplicates);
        ReportLate(batch.Late);
        Progress.Duplicates += batch.Duplicates;
        Progress.Records += batch.Records;
        Progress.LastRead = now;
        Progress.Events += batch.Events;
        Progress.Skipped += batch.Skipped;
        Progress.BadRecords += batch.DeadLetters.Count(l => l.Offset is not null);
    }

    private void ReportLate(int rows)
    {
        if (rows == 0)
            return;
        _metrics.Corrected(_job.Name, rows);
        if (_isLateSaid)
            return;
        _isLateSaid = true;
        _logger.LogWarning(
            "Job {Job} reads records that come after the watermark: the rows of their windows are written to '{Table}' once more. This is said once; serverless.rows.late counts them",
            _job.Name, _job.Sink.Name);
    }

    // Rows may wait though nothing new was read: those that a process before this one left.
    private bool IsCheckpointDue(bool isQuiet) =>
        (_hasNew || _output.Pending > 0 || _letters.Pending > 0)
        && (_backoff.IsOn ? _backoff.MayTry : IsFull || _schedule.IsDue || (isQuiet && _schedule.IsAllowed));

    /// <summary>Makes everything durable; returns false if the sink cannot be reached.</summary>
    private async Task<bool> CheckpointAsync(CancellationToken cancellationToken, CancellationToken commit)
    {
        var began = _clock.GetTimestamp();
        try
        {
            await _letters.FlushAsync(cancellationToken);
            await _pipeline.SaveAsync(_clock.GetUtcNow(), cancellationToken);
            if (_output.Pending > 0)
                await WriteRowsAsync(_output.Take(), (part, _) => _output.Acknowledge(part, _clock.GetUtcNow().ToUnixTimeMilliseconds()), cancellationToken);
            _latency.Acknowledged();
            // What was read and not applied is to be read again.
            foreach (var source in _unapplied.Count == 0 ? _sources : [])
                await source.CommitAsync(commit);
            _hasNew = false;
            _backoff.Over();
            return true;
        }
        catch (SinkUnavailableException e)
        {
            _backoff.Failed(e);
            return false;
        }
        finally
        {
            _schedule.Made(began);
        }
    }

    private Task WriteRowsAsync(IReadOnlyList<RowChange> rows, Action<RowChange[], int> acknowledge, CancellationToken cancellationToken) =>
        _writer.WriteAsync(
            _ => Task.FromResult(_sink),
            rows,
            (part, refused) =>
            {
                acknowledge(part, refused);
                Progress.RowsWritten += part.Length - refused;
                Progress.RefusedRows += refused;
            },
            _backoff.IsOn,
            cancellationToken);

    // Rows made of groups as they are stored: what the output holds is newer, and written later.
    private async Task WriteAgainAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken)
    {
        await InsistAsync(c => WriteRowsAsync(rows, (_, _) => { }, c), _backoff, cancellationToken);
        Show();
    }

    /// <summary>Asks how far the source is, and makes dead letters of rows that keep failing.</summary>
    private async Task LookAsync(bool isQuiet, CancellationToken stop)
    {
        var all = new List<PartitionLag>();
        var isKnown = true;
        for (var i = 0; i < _sources.Count; i++)
        {
            if (await _sources[i].LagAsync(stop) is { } lags)
            {
                all.AddRange(_sources.Count == 1 ? lags : lags.Select(l => l with { Topic = _sources[i].Topic }));
                _pipeline.Read(i, lags);
            }
            else
            {
                isKnown = false;
            }
        }
        Progress.Partitions = isKnown ? all : null;
        _metrics.IsBehind(_job.Name, Progress.Partitions);
        _lagAsked = _clock.GetTimestamp();
        _letters.Add(_pipeline.TakeOldFailures());
        if (isQuiet && !_pipeline.IsCaughtUp && Progress.Lag == 0 && !_hasNew && _letters.Pending == 0 && _unsent.IsEmpty)
            Progress.IdleRounds++;
    }

    private void Show()
    {
        Progress.Groups = _pipeline.Groups;
        _metrics.Keeps(_job.Name, _pipeline.Groups);
        Progress.RowsPending = _output.Pending;
        Progress.DeadLetters = _letters.Written;
        Progress.FailedVersions = _output.Failed;
    }
}
