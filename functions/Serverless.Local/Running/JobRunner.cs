using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>
/// Runs one job: source → ingest → groups in memory → output → sink, with a checkpoint every now and then. A checkpoint makes durable, in this
/// order: dead letters, groups, rows, and how far the source is read. Killed anywhere, the job reads again what was not committed; groups
/// answer with their rows to records they know, too, so a row lost on the way is written then.
/// </summary>
internal sealed class JobRunner : IDisposable
{
    private readonly ISource _source;
    private readonly ISink _sink;
    private readonly RunnerOptions _options;
    private readonly JobMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Job _job;
    private readonly Ingestor _ingestor;
    private readonly GroupTable _groups;
    private readonly Output _output;
    private readonly LetterReport _report;
    private readonly LetterBox _letters;
    private readonly Delays _delays;
    private readonly FailedRows _failedRows;
    private readonly Outage _outage;
    private readonly Pace _pace;
    private readonly ScriptChange _change;
    private readonly ConcurrentQueue<DeadLetter> _unsent = [];
    private bool _hasNew;
    private long _lagAsked;

    /// <summary>How long a stopped job waits for brokers that do not accept its offsets.</summary>
    private static readonly TimeSpan LastCommit = TimeSpan.FromSeconds(10);

    /// <summary>Makes a runner. The source, the sink and the dead letters stay the caller's to dispose of.</summary>
    public JobRunner(
        CompiledJob compiled, ISource source, ISink sink, IDeadLetters letters, JobState state, RunnerOptions options, JobMetrics metrics,
        TimeProvider clock, ILogger logger)
    {
        (_source, _sink, _options, _metrics, _clock, _logger, _job) = (source, sink, options, metrics, clock, logger, compiled.Job);
        _output = new Output(OutputLimits.InOrder with { MaxRows = options.MaxPendingRows });
        _ingestor = new Ingestor(compiled, source.Topic);
        _groups = new GroupTable(compiled, state, options.MaxStateBytes);
        _report = new LetterReport(_job.Name, letters.Place, metrics, clock, logger);
        _letters = new LetterBox(letters, _report);
        _delays = new Delays(_job.Name, metrics, clock);
        _failedRows = new FailedRows(_job, _output, state.Failures, clock);
        Progress = new JobProgress(_job.Name, source) { Groups = _groups.Count };
        _outage = new Outage(options.FirstRetry, clock, Progress, logger);
        _pace = new Pace(options.FlushInterval, clock);
        _change = new ScriptChange(compiled, state, source, options, new TableRewrite(compiled, state, sink.MaxRows, WriteAgainAsync, Fail, clock), logger);
    }

    /// <summary>How far it is.</summary>
    public JobProgress Progress { get; }

    /// <summary>Sets an event aside that could not be sent to the job's topic. From any thread.</summary>
    public void SetAside(long number, byte[] value, string reason) =>
        _unsent.Enqueue(new DeadLetter(_job.Name, _source.Topic, null, number, DeadLetterKind.Record, reason, value));

    /// <summary>Connects, waiting for what cannot be reached.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await InsistAsync(_sink.OpenAsync, cancellationToken);
        await _source.OpenAsync(cancellationToken);
        await _change.StartAsync([], cancellationToken);
        // Last: the source says it better when brokers do not answer.
        await InsistAsync(_letters.OpenAsync, cancellationToken);
    }

    private async Task InsistAsync(Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await action(cancellationToken);
                _outage.Over();
                return;
            }
            catch (SinkUnavailableException e)
            {
                _outage.Failed(e);
            }
            while (!_outage.MayTry)
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
            await _change.WriteAgainAsync(stop);
            while (!stop.IsCancellationRequested)
                await RoundAsync(stop, abort);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Only the wait for records is given up.
        }
        _letters.Add(_failedRows.TakeAll());
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
        IReadOnlyList<Record> records = [];
        if (IsHeldBack)
            await Task.Delay(_options.Quiet, _clock, stop);
        else
            records = await _source.ReadAsync(_options.MaxRecords, _options.Quiet, stop);
        if (records.Count > 0)
        {
            await _change.StartAsync(records, stop);
            await ApplyAsync(records, abort);
            _change.Read(records);
        }
        TakeUnsent();
        if (IsCheckpointDue(isQuiet: records.Count == 0))
            await CheckpointAsync(abort, stop); // brokers that do not take offsets are not waited for when stopped
        if (_change.IsCaughtUp && !_hasNew && _output.Pending == 0)
            await _change.FinishAsync(stop);
        Show();
        if (_clock.GetElapsedTime(_lagAsked) >= _options.LagInterval)
            await LookAsync(records.Count == 0 && !IsHeldBack, stop);
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

    private bool IsFull => _output.IsFull || _letters.IsFull || _groups.IsFull;

    private bool IsHeldBack => _outage.IsOn && IsFull;

    private async Task ApplyAsync(IReadOnlyList<Record> records, CancellationToken abort)
    {
        _hasNew = true;
        var now = _clock.GetUtcNow();
        var batch = _ingestor.Process(records);
        var duplicates = await _groups.ApplyAsync(batch, _output, _failedRows, now, abort);
        _delays.Add(batch);
        // Not durable yet, but a crash takes the groups and what the ingestor remembers together.
        _ingestor.Stored();
        _letters.Add(batch.DeadLetters);
        _metrics.Ingested(_job.Name, batch);
        _metrics.Known(_job.Name, duplicates);
        Progress.Duplicates += duplicates;
        Progress.Records += batch.Records;
        Progress.LastRead = now;
        Progress.Events += batch.Events;
        Progress.Skipped += batch.Skipped;
        Progress.BadRecords += batch.DeadLetters.Count;
    }

    private bool IsCheckpointDue(bool isQuiet) =>
        (_hasNew || _letters.Pending > 0)
        && (_outage.IsOn ? _outage.MayTry : IsFull || _pace.IsDue || (isQuiet && _pace.IsAllowed));

    /// <summary>Makes everything durable; returns false if the sink cannot be reached.</summary>
    private async Task<bool> CheckpointAsync(CancellationToken cancellationToken, CancellationToken commit)
    {
        var began = _clock.GetTimestamp();
        if (_outage.IsOn)
            _metrics.Retries(_job.Name);
        try
        {
            await _letters.FlushAsync(cancellationToken);
            await _groups.SaveAsync(_failedRows, _clock.GetUtcNow(), cancellationToken);
            if (_output.Pending > 0)
                await WriteRowsAsync(cancellationToken);
            _delays.Acknowledged();
            await _source.CommitAsync(commit);
            _hasNew = false;
            _outage.Over();
            return true;
        }
        catch (SinkUnavailableException e)
        {
            _outage.Failed(e);
            return false;
        }
        finally
        {
            _pace.Made(began);
        }
    }

    private async Task WriteRowsAsync(CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        var (written, isFailure) = (0, false);
        try
        {
            foreach (var rows in _output.Take().Chunk(_sink.MaxRows))
                written += await WriteRowsAsync(rows, cancellationToken);
        }
        catch (SinkUnavailableException)
        {
            isFailure = true;
            throw;
        }
        finally
        {
            _metrics.Wrote(_job.Name, written, _clock.GetElapsedTime(began), isFailure);
        }
    }

    // Rows made of groups as they are stored: what the output holds is newer, and written later.
    private async Task WriteAgainAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken)
    {
        IReadOnlyList<RefusedChange> refused = [];
        await InsistAsync(async c => refused = await _sink.WriteAsync(rows, c), cancellationToken);
        _letters.Add(refused.Select(r => RowLetter.Of(_job, r)));
        await InsistAsync(_letters.FlushAsync, cancellationToken);
        Progress.RowsWritten += rows.Count - refused.Count;
        Show();
    }

    private void Fail(GroupAnswer answer)
    {
        _output.Add(new GroupAnswer([], answer.Failures, 0));
        _failedRows.Mend(answer);
    }

    private async Task<int> WriteRowsAsync(RowChange[] rows, CancellationToken cancellationToken)
    {
        var refused = await _sink.WriteAsync(rows, cancellationToken);
        if (refused.Count > 0)
        {
            _letters.Add(refused.Select(r => RowLetter.Of(_job, r)));
            await _letters.FlushAsync(cancellationToken);
        }
        _output.Acknowledge(rows, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        Progress.RowsWritten += rows.Length - refused.Count;
        Progress.RefusedRows += refused.Count;
        return rows.Length - refused.Count;
    }

    /// <summary>Asks how far the source is, and makes dead letters of rows that keep failing.</summary>
    private async Task LookAsync(bool isQuiet, CancellationToken stop)
    {
        Progress.Partitions = await _source.LagAsync(stop);
        _metrics.IsBehind(_job.Name, Progress.Partitions);
        _lagAsked = _clock.GetTimestamp();
        _letters.Add(_failedRows.TakeOld());
        if (Progress.Partitions is { } lags)
            _change.Read(lags);
        if (isQuiet && !_change.IsCaughtUp && Progress.Lag == 0 && !_hasNew && _letters.Pending == 0 && _unsent.IsEmpty)
            Progress.IdleRounds++;
    }

    private void Show()
    {
        Progress.Groups = _groups.Count;
        _metrics.Keeps(_job.Name, _groups.Count);
        Progress.RowsPending = _output.Pending;
        Progress.DeadLetters = _letters.Written;
        Progress.FailedVersions = _output.Failed;
    }
}
