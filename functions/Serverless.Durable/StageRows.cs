using System.Runtime.CompilerServices;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>The rows that a job of several stages has made, as its outputs and what is on the way to them tell them: each with its key's values alone.</summary>
/// <param name="job">The job.</param>
/// <param name="client">The entities.</param>
/// <param name="keys">Where cold keys lie; null if cells keep all their keys.</param>
internal sealed class StageRows(DurableJob job, IEntityClient client, IKeyStore? keys)
{
    private readonly EntityKeys _keys = new(job);
    private readonly StageRunners _runners = job.Stages ?? throw new ArgumentException("the job has one stage only", nameof(job));

    /// <summary>Returns the rows that are what was made.</summary>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<IReadOnlyList<RowChange>> MadeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var part = 0; part < OutboxPartition.Count; part++)
            if (await client.GetOutputAsync(_keys.OfOutput(part), cancellationToken) is { } state)
                await foreach (var rows in MadeAsync(_keys.OfOutput(part), state, cancellationToken))
                    yield return rows;
    }

    /// <summary>
    /// Returns the rows that may be in the table, some perhaps more than once: those that are what was made; those that wait, as a delete that is not written leaves a row;
    /// and those that no output has confirmed, as one may have written a row in an execution that was never stored.
    /// </summary>
    /// <inheritdoc cref="MadeAsync(CancellationToken)"/>
    public async IAsyncEnumerable<IReadOnlyList<RowChange>> WrittenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var part = 0; part < OutboxPartition.Count; part++)
        {
            if (await client.GetOutputAsync(_keys.OfOutput(part), cancellationToken) is not { } state)
                continue;
            if (state.Output is { } bytes)
            {
                var output = new Output(Outbox.Limits(job));
                output.Read(bytes);
                yield return [.. output.Take().Select(r => r with { IsDelete = false })];
            }
            await foreach (var rows in MadeAsync(_keys.OfOutput(part), state, cancellationToken))
                yield return rows;
        }

        var places = new StagePlaces(job);
        for (var place = 0; places.EntityOf(place) is (EntityKind.Stage, var key); place++)
            if (_runners.Plan.Sink.Inputs.Contains(places.StageOf(place)) && await client.GetStageAsync(key, cancellationToken) is { Sealed.Count: > 0 } cell)
                yield return RowsOf(new OutboxState(), sums => sums.Keys(
                    cell.Sealed.Where(s => places.EntityOf(s.To).Kind == EntityKind.Output).SelectMany(s => StageRowCodec.Read(s.Rows)).Select(r => r.Row)));
    }

    // What changes meanwhile is as it was before or after: what comes to the key store has been held, and what leaves it is still there.
    private async IAsyncEnumerable<IReadOnlyList<RowChange>> MadeAsync(string key, OutboxState state, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return RowsOf(state, sums => sums.Keys(state.Held));
        string? after = null;
        for (var isMore = keys is not null && state.Evictions > 0; isMore; isMore = after is not null)
        {
            var page = await keys!.ReadPageAsync(EntityKind.Output, key, after, cancellationToken);
            yield return RowsOf(state, sums => sums.Keys(page.Values.Where(v => state.Find(v.Key) is null)));
            after = page.Next;
        }
    }

    private IReadOnlyList<RowChange> RowsOf(OutboxState state, Func<SinkSums, IEnumerable<RowChange>> rows) =>
        _runners.Use(runner => (IReadOnlyList<RowChange>)[.. rows(new SinkSums(runner, state.Find, state.Put))]);
}
