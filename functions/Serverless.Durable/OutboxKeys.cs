using System.Collections.Concurrent;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>
/// The key store behind a job's outputs. Which versions of rows were written a while ago never changes once it is there, so a process reads it once.
/// </summary>
/// <param name="keys">The key store; null if entities keep all their keys.</param>
public sealed class OutboxKeys(IKeyStore? keys)
{
    private readonly ConcurrentDictionary<string, Dictionary<long, WrittenVersions>> _known = new();

    /// <summary>Writes what an operation lets go of, and reads what it needs whatever it does. If the key store is away, it throws, and the state is as it was.</summary>
    /// <param name="key">The output's key.</param>
    /// <param name="state">The output's state.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PrepareAsync(string key, OutboxState state, IOperation operation, CancellationToken cancellationToken)
    {
        await keys.PutAwayAsync(EntityKind.Output, key, state, operation, cancellationToken);
        if (keys is null || state.Segments is not { } segments)
            return;
        var known = _known.GetValueOrDefault(key) ?? [];
        var lacking = segments.Where(s => state.Find(s.Entry) is null && !known.ContainsKey(s.Number)).ToDictionary(s => s.Entry);
        if (lacking.Count > 0 || known.Count > segments.Count)
            _known[key] = known = known.Where(k => segments.Exists(s => s.Number == k.Key)).ToDictionary();
        if (lacking.Count > 0)
            foreach (var (entry, value) in await keys.ReadAsync(EntityKind.Output, key, lacking.Keys, cancellationToken))
                if (WrittenVersions.Open(value, out var number) is var versions && number == lacking[entry].Number)
                    known[number] = versions;
        state.Former = [.. segments.Select(s =>
            state.Find(s.Entry) is { } bytes ? WrittenVersions.Open(bytes, out _) : known.GetValueOrDefault(s.Number) ?? new WrittenVersions(new PackedDictionary()))];
    }
}
