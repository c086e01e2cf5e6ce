using Serverless.Connectors;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>
/// Batches of the sources of a job of several stages to deltas. A batch is done when its dead letters and all its signals are stored; if anything fails, it must come again,
/// and what was sent of it already does no harm. One batch at a time, of whichever source.
/// </summary>
/// <param name="job">A job of several stages.</param>
/// <param name="sources">Its sources.</param>
/// <param name="letters">Where dead letters go.</param>
/// <param name="clock">The clock.</param>
/// <param name="lookups">What finds rows in the tables of <see cref="Dataflow.LookupsOf"/>, in that order; it may be left out if there are none.</param>
public sealed class DataflowIngest(DurableJob job, IReadOnlyList<JobSource> sources, IDeadLetters letters, TimeProvider clock, IReadOnlyList<ILookup>? lookups = null)
{
    private const int BeginLooks = 40;
    private static readonly TimeSpan BeginPause = TimeSpan.FromMilliseconds(250);

    private readonly StageIngest _ingest = new(job, lookups);
    private readonly EntityKeys _keys = new(job);
    private readonly HashSet<SourcePartition> _begun = []; // of which it is stored where the job began
    private DateTimeOffset? _covered;

    /// <summary>Processes a batch.</summary>
    /// <param name="source">The source, by its place among the job's.</param>
    /// <param name="records">The records; of each partition in the order of their offsets.</param>
    /// <param name="client">Takes the signals.</param>
    /// <param name="cancellationToken">Gives up; the batch is to come again.</param>
    /// <returns>The dead letters, and how many signals the batch cost.</returns>
    /// <exception cref="SinkUnavailableException">A table that rows are looked up in is away; the batch is to come again.</exception>
    /// <exception cref="TimeoutException">Where the job begins could not be stored; the batch is to come again.</exception>
    public async Task<(IReadOnlyList<DeadLetter> DeadLetters, int Signals)> ProcessAsync(int source, IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        await CoverAsync(client, cancellationToken);
        await BeginAsync(source, records, client, cancellationToken);
        var dead = new List<DeadLetter>();
        var signals = await _ingest.PackAsync(source, records, sources[source].Topic, dead, cancellationToken);
        if (dead.Count > 0)
            await letters.WriteAsync(dead, cancellationToken);
        await client.SendAllAsync(signals, cancellationToken);
        _ingest.Stored();
        return (dead, signals.Count);
    }

    /// <summary>Tells the cells, if it is time, which of what was read holds nothing for them, so that they need not ask. Called between batches while none come.</summary>
    /// <param name="client">Takes the signals.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CoverAsync(IEntityClient client, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        _covered ??= now;
        if (now - _covered < job.Times.CoverEvery)
            return;
        await client.SendAllAsync(_ingest.Cover(), cancellationToken);
        _ingest.Stored();
        _covered = now;
    }

    // Stored before the first delta is sent: cells lack what they have not been told of from there on.
    private async Task BeginAsync(int source, IReadOnlyList<Record> records, IEntityClient client, CancellationToken cancellationToken)
    {
        var begins = records.GroupBy(r => new SourcePartition(source, r.Partition)).Where(p => !_begun.Contains(p.Key)).ToDictionary(p => p.Key, p => p.First().From);
        for (var look = 0; begins.Count > 0; look++)
        {
            var known = (await client.GetJobAsync(_keys.OfJob, cancellationToken))?.Begins ?? [];
            foreach (var partition in begins.Keys.Where(known.ContainsKey).ToList())
            {
                _begun.Add(partition);
                begins.Remove(partition);
            }

            if (begins.Count == 0)
                return;
            if (look == BeginLooks)
                throw new TimeoutException($"job '{job.Job.Name}': where it begins to read partition {begins.Keys.First().Partition} of table '{job.Job.Sources[source].Name}' could not be stored within {(BeginLooks * BeginPause).TotalSeconds} s; the batch comes again");
            // Each time: it may be lost, too.
            await client.SendAsync(new Signal(EntityKind.Job, _keys.OfJob, Operations.Begin, new BeginMessage(begins)), cancellationToken);
            await Task.Delay(BeginPause, clock, cancellationToken);
        }
    }
}
