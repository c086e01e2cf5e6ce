using System.Runtime.CompilerServices;
using Serverless.Durable;

namespace Serverless.Simulation.Stages;

/// <summary>The entities of a job whose script was edited, those of what it was before among them. Of these, each is what its key says.</summary>
/// <param name="present">The present job's.</param>
/// <param name="former">The former job's: they are looked at, and do nothing more.</param>
/// <param name="prefix">What the keys of the former ones begin with.</param>
internal sealed class EditedEntities(Entities present, Entities former, string prefix) : IEntityClient, IKeyStore
{
    public Task SendAsync(Signal signal, CancellationToken cancellationToken) => IsFormer(signal.Key) ? Task.CompletedTask : present.SendAsync(signal, cancellationToken);

    public Task<JobState?> GetJobAsync(string key, CancellationToken cancellationToken) => Of(key).GetJobAsync(key, cancellationToken);

    public Task<OutboxState?> GetOutputAsync(string key, CancellationToken cancellationToken) => Of(key).GetOutputAsync(key, cancellationToken);

    public Task<StageCellState?> GetStageAsync(string key, CancellationToken cancellationToken) => Of(key).GetStageAsync(key, cancellationToken);

    public async IAsyncEnumerable<(string Key, CellState State)> GetCellsAsync(EntityKind kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var cell in Of(prefix).GetCellsAsync(kind, prefix, cancellationToken))
            yield return cell;
    }

    public Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(EntityKind kind, string cell, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        Of(cell).Keys.ReadAsync(kind, cell, keys, cancellationToken);

    public Task WriteAsync(EntityKind kind, string cell, long version, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken) =>
        Of(cell).Keys.WriteAsync(kind, cell, version, values, cancellationToken);

    public Task<KeyPage> ReadPageAsync(EntityKind kind, string cell, string? after, CancellationToken cancellationToken) => Of(cell).Keys.ReadPageAsync(kind, cell, after, cancellationToken);

    public Task DeleteAsync(EntityKind kind, string cell, CancellationToken cancellationToken) => Of(cell).Keys.DeleteAsync(kind, cell, cancellationToken);

    private bool IsFormer(string key) => key.StartsWith(prefix, StringComparison.Ordinal);

    private Entities Of(string key) => IsFormer(key) ? former : present;
}
