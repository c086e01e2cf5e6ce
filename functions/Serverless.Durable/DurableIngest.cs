using Serverless.Connectors;
using Serverless.Engine.Ingest;

namespace Serverless.Durable;

/// <summary>
/// Batches of a job's topic to signals. A batch is done when its dead letters and all its signals are stored; if anything fails, it is to come again,
/// and what was sent of it already does no harm. One batch at a time.
/// </summary>
/// <param name="job">The job.</param>
/// <param name="topic">What dead letters call the source.</param>
/// <param name="letters">Where dead letters go.</param>
/// <param name="clock">The clock.</param>
public sealed class DurableIngest(DurableJob job, string topic, IDeadLetters letters, TimeProvider clock)
{
    // Enough to keep the storage busy; each signal is a request of some milliseconds.
    private const int SignalsAtOnce = 32;

    private readonly Ingestor _ingestor = new(job.Compiled, topic);
    private readonly SlicesPacker _packer = new(job);

    /// <summary>Processes a batch.</summary>
    /// <param name="records">The records; of each partition in the order of their offsets.</param>
    /// <param name="send">Stores a signal.</param>
    /// <param name="cancellationToken">Gives up; the batch is to come again.</param>
    /// <returns>What the batch came to, and how many signals it cost.</returns>
    public async Task<(IngestedBatch Batch, int Signals)> ProcessAsync(
        IReadOnlyList<Record> records, Func<Signal, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var batch = _ingestor.Process(records);
        if (batch.DeadLetters.Count > 0)
            await letters.WriteAsync(batch.DeadLetters, cancellationToken);
        var signals = _packer.Pack(batch.Groups, clock.GetUtcNow());
        await Parallel.ForEachAsync(
            signals, new ParallelOptions { MaxDegreeOfParallelism = SignalsAtOnce, CancellationToken = cancellationToken }, async (signal, stop) => await send(signal, stop));
        _ingestor.Stored();
        return (batch, signals.Count);
    }
}
