using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>
/// Batches of a job's topic to signals. A batch is done when its dead letters and all its signals are stored; if anything fails, it must come again,
/// and what was sent of it already does no harm. One batch at a time.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="topic">What dead letters call the source.</param>
/// <param name="letters">Where dead letters go.</param>
/// <param name="clock">The clock.</param>
/// <param name="reader">Reads the topic again; null if nothing can.</param>
public sealed class DurableIngest(DurableJob job, string topic, IDeadLetters letters, TimeProvider clock, IRangeReader? reader = null)
{
    // Well under maxPollIntervalMs. What has been read again by then counts: the batch comes again and goes on from there.
    private static readonly TimeSpan LongestReread = TimeSpan.FromSeconds(60);

    private const int MarkLooks = 40;
    private static readonly TimeSpan MarkPause = TimeSpan.FromMilliseconds(250);

    private readonly Ingestor _ingestor = job.NewIngestor(topic, isCovered: true);
    private readonly SlicesPacker _packer = new(job);
    private readonly EntityKeys _keys = new(job);
    private readonly Dictionary<int, long> _next = []; // by partition, the offset behind the last one that is done
    private readonly Dictionary<(EntityKind, string), (DateTimeOffset At, List<Signal> Signals)> _again = []; // what is told once more, and when
    private readonly Queue<(DateTimeOffset At, Dictionary<int, long> Next)> _unsettled = []; // what _next was
    private DateTimeOffset? _covered;
    private DateTimeOffset _nextAt;

    /// <inheritdoc cref="Ingestor.MostRemembered"/>
    public int MostRemembered { init => _ingestor.MostRemembered = value; }

    /// <summary>Processes a batch.</summary>
    /// <param name="records">The records; of each partition in the order of their offsets.</param>
    /// <param name="client">Takes the signals.</param>
    /// <param name="cancellationToken">Gives up; the batch is to come again.</param>
    /// <returns>What the batch came to, and how many signals it cost.</returns>
    /// <exception cref="TimeoutException">A new reading has much to read again; the batch is to come again.</exception>
    public async Task<(IngestedBatch Batch, int Signals)> ProcessAsync(IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        await CoverAsync(client, cancellationToken);
        var batch = _ingestor.Process(await BeginAsync(records, client, cancellationToken));
        if (batch.DeadLetters.Count > 0)
            await letters.WriteAsync(batch.DeadLetters, cancellationToken);
        return (batch, await StoreAsync(batch, records, client, cancellationToken));
    }

    /// <summary>
    /// Tells the groups that have been sent something how far the topic is read, if it is time: whoever lacks an earlier slice knows by that. Called
    /// between batches while none come.
    /// </summary>
    /// <param name="client">Takes the signals.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CoverAsync(IEntityClient client, CancellationToken cancellationToken)
    {
        Settle();
        var now = clock.GetUtcNow();
        _covered ??= now;
        if (now - _covered < job.Times.CoverEvery)
            return;
        var signals = _packer.PackCover(_ingestor.Cover(), now);
        await client.SendAllAsync(signals, cancellationToken);
        _ingestor.CoverStored();
        foreach (var entity in signals.GroupBy(s => (s.To, s.Key)))
            _again[entity.Key] = (now + job.Times.CoverAgainAfter, [.. entity]);
        foreach (var (entity, (at, again)) in _again.ToList())
            if (at <= now)
            {
                await client.SendAllAsync(again, cancellationToken);
                _again.Remove(entity);
            }
        _covered = now;
    }

    private async Task<int> StoreAsync(IngestedBatch batch, IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        var signals = _packer.Pack(batch.Groups, clock.GetUtcNow());
        await client.SendAllAsync(signals, cancellationToken);
        _ingestor.Stored();
        foreach (var record in records)
            _next[record.Partition] = record.Offset + 1;
        _nextAt = clock.GetUtcNow();
        if (job.SettledAfter is not null && !(_unsettled.LastOrDefault().At > _nextAt - job.Times.CoverEvery))
            _unsettled.Enqueue((_nextAt, new Dictionary<int, long>(_next)));
        return signals.Count;
    }

    private void Settle()
    {
        if (job.SettledAfter is not { } after)
            return;
        var since = clock.GetUtcNow() - after;
        while (_unsettled.TryPeek(out var oldest) && oldest.At < since)
            foreach (var (partition, next) in _unsettled.Dequeue().Next)
                _ingestor.Settle(partition, next);
        if (_nextAt < since)
            foreach (var (partition, next) in _next)
                _ingestor.Settle(partition, next);
    }

    /// <summary>
    /// If a process that read before died, its last slices may have been lost, and with it the proof of that. So a new reading begins further back, where
    /// everything must have arrived or been missed since.
    /// </summary>
    private async Task<IReadOnlyList<Record>> BeginAsync(IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        if (reader is null)
            return records;
        var began = clock.GetTimestamp();
        JobState? state = null;
        var batch = records.ToArray();
        var begun = new HashSet<int>();
        for (var i = 0; i < batch.Length; i++)
        {
            var (partition, offset) = (batch[i].Partition, batch[i].From);
            if (!begun.Add(partition) || (_next.TryGetValue(partition, out var next) && next == offset))
                continue;
            state ??= await client.GetJobAsync(_keys.OfJob, cancellationToken) ?? new JobState();
            var from = state.RereadFrom(new SourcePartition(0, partition), offset, job.Times, clock.GetUtcNow() - job.SettledAfter) ?? await MarkAsync(partition, offset, client, cancellationToken);
            if (_next.TryGetValue(partition, out next) && next <= offset)
                from = Math.Max(from, next);
            var behind = from;
            while (from < offset)
            {
                if (clock.GetElapsedTime(began) > LongestReread)
                    throw new TimeoutException($"job '{job.Job.Name}': partition {partition} is being read again from offset {from} to {offset - 1}; the batch goes on from there when it comes again");
                var read = await reader.ReadAsync(partition, from, offset - 1, cancellationToken);
                // Its dead letters were written when it was read first.
                if (read.After(ref behind, from) is { Count: > 0 } again)
                    await StoreAsync(_ingestor.Process(again), again, client, cancellationToken);
                if (read.Next == from)
                    break;
                if (read.Next >= offset)
                    batch[i] = batch[i] with { From = Math.Min(offset, behind) };
                from = read.Next;
            }
        }
        return batch;
    }

    // Where a job begins, nothing was read before. That is stored before the first slice is sent: one death would lose both otherwise.
    private async Task<long> MarkAsync(int partition, long offset, IEntityClient client, CancellationToken cancellationToken)
    {
        var mark = new PositionMark(clock.GetUtcNow(), new Dictionary<SourcePartition, long> { [new SourcePartition(0, partition)] = offset }, null);
        for (var look = 0; look < MarkLooks; look++)
        {
            // Each time: it may be lost, too.
            await client.SendAsync(new Signal(EntityKind.Job, _keys.OfJob, Operations.Mark, mark), cancellationToken);
            if (await client.GetJobAsync(_keys.OfJob, cancellationToken) is { } state && state.Marks.ContainsKey(new SourcePartition(0, partition)))
                return offset;
            await Task.Delay(MarkPause, clock, cancellationToken);
        }
        throw new TimeoutException($"job '{job.Job.Name}': where it begins to read partition {partition} could not be stored within {(MarkLooks * MarkPause).TotalSeconds} s; the batch comes again");
    }
}
