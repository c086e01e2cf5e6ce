using Serverless.Durable;

namespace Serverless.Simulation;

/// <summary>A key store with a <see cref="Bug"/>.</summary>
internal sealed class BrokenKeys(Bug bug, IKeyStore keys) : IKeyStore
{
    public async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(EntityKind kind, string cell, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken) =>
        bug == Bug.ReadNoKeys ? new Dictionary<string, byte[]>() : await keys.ReadAsync(kind, cell, wanted, cancellationToken);

    public async Task WriteAsync(EntityKind kind, string cell, long version, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        try
        {
            await keys.WriteAsync(kind, cell, version, values, cancellationToken);
        }
        catch (IOException) when (bug == Bug.LoseEvictions)
        {
            // As if they were written.
        }
    }

    public async Task<KeyPage> ReadPageAsync(EntityKind kind, string cell, string? after, CancellationToken cancellationToken) =>
        bug == Bug.RewriteHotKeysOnly ? new KeyPage(new Dictionary<string, byte[]>(), null) : await keys.ReadPageAsync(kind, cell, after, cancellationToken);

    public Task DeleteAsync(EntityKind kind, string cell, CancellationToken cancellationToken) => keys.DeleteAsync(kind, cell, cancellationToken);
}
