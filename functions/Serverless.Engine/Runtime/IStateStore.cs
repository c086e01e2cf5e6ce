namespace Serverless.Engine.Runtime;

/// <summary>Takes what was stored under a key.</summary>
public delegate void LoadState(byte[] key, ReadOnlySpan<byte> state);

/// <summary>Where the state of a dataflow's operators is stored, key by key.</summary>
public interface IStateStore
{
    /// <summary>Hands over what is stored under some keys; nothing for a key that is not stored.</summary>
    /// <param name="stage">The operator.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="load">Takes a key's state.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask LoadAsync(int stage, IReadOnlyList<byte[]> keys, LoadState load, CancellationToken cancellationToken);
}
