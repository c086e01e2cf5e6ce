using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>A job of one stage: source → ingest → groups.</summary>
internal sealed class GroupPipeline : IPipeline
{
    private readonly Output _output;
    private readonly Ingestor _ingestor;
    private readonly GroupTable _groups;
    private readonly FailedRows _failedRows;
    private readonly ScriptChange _change;
    private readonly Dictionary<int, long> _oldest = []; // by partition

    /// <summary>Makes one.</summary>
    public GroupPipeline(
        Job job, JobState state, ISource source, Output output, RunnerOptions options, int maxRows, Func<IReadOnlyList<RowChange>, CancellationToken, Task> writeAgain,
        TimeProvider clock, ILogger logger)
    {
        var compiled = new CompiledJob(job) { Epoch = state.Born.ToUnixTimeMilliseconds() };
        _output = output;
        _ingestor = new Ingestor(compiled, source.Topic);
        _groups = new GroupTable(compiled, state, options.MaxStateBytes);
        _failedRows = new FailedRows(job, output, state.Failures, clock);
        _change = new ScriptChange(compiled, state, [source], options, new TableRewrite(compiled, state, maxRows, writeAgain, Fail, options.Connectors, clock), logger);
    }

    /// <inheritdoc />
    public long Groups => _groups.Count;

    /// <inheritdoc />
    public bool IsFull => _groups.IsFull;

    /// <inheritdoc />
    public bool IsCaughtUp => _change.IsCaughtUp;

    /// <inheritdoc />
    public ValueTask StartAsync(IReadOnlyList<SourceRecords> records, CancellationToken cancellationToken) => _change.StartAsync(records, cancellationToken);

    /// <inheritdoc />
    public Task WriteAgainAsync(CancellationToken cancellationToken) => _change.WriteAgainAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask<AppliedBatch> ApplyAsync(IReadOnlyList<SourceRecords> records, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var batch = _ingestor.Process(records[0].Records);
        var duplicates = await _groups.ApplyAsync(batch, _output, _failedRows, now, cancellationToken);
        _oldest.Clear();
        foreach (var group in batch.Groups)
            foreach (var slice in group.Slices.Span)
                if (slice.Oldest is { } oldest && (!_oldest.TryGetValue(slice.Partition, out var known) || oldest < known))
                    _oldest[slice.Partition] = oldest;
        // Not durable yet, but a crash takes the groups and what the ingestor remembers together.
        _ingestor.Stored();
        _change.Read(0, records[0].Records);
        return new AppliedBatch(batch.Records, batch.Events, batch.Skipped, duplicates, batch.DeadLetters, [.. _oldest.Values], batch.Groups.Sum(g => (long)g.Slices.Length));
    }

    /// <inheritdoc />
    public Task SaveAsync(DateTimeOffset now, CancellationToken cancellationToken) => _groups.SaveAsync(_failedRows, now, cancellationToken);

    /// <inheritdoc />
    public void Read(int source, IReadOnlyList<PartitionLag> lags) => _change.Read(source, lags);

    /// <inheritdoc />
    public Task FinishAsync(CancellationToken cancellationToken) => _change.FinishAsync(cancellationToken);

    /// <inheritdoc />
    public IReadOnlyList<DeadLetter> TakeOldFailures() => _failedRows.TakeOld();

    /// <inheritdoc />
    public IReadOnlyList<DeadLetter> TakeAllFailures() => _failedRows.TakeAll();

    private void Fail(GroupAnswer answer)
    {
        _output.Add(new GroupAnswer([], answer.Failures, 0));
        _failedRows.Mend(answer);
    }
}
