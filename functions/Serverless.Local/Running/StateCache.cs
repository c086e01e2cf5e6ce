using System.Diagnostics.CodeAnalysis;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>
/// The states that are kept in memory: of those that are stored, the ones used last, up to so many bytes. There are two generations; what is used
/// moves to the younger one, and the older one goes as a whole when there is too much.
/// </summary>
/// <param name="mostBytes">The bytes, as <see cref="Estimate"/> has it, beyond which <see cref="Trim"/> lets go of some.</param>
internal sealed class StateCache(long mostBytes)
{
    // Measured: a group of one row takes some 1,700 bytes as objects, and a value of a distinct count eight times what it takes when it is stored.
    private const long Overhead = 1_700;
    private const long Growth = 8;

    private Generation _younger = new();
    private Generation _older = new();

    /// <summary>The states in memory.</summary>
    public int Count => _younger.States.Count + _older.States.Count;

    /// <summary>The bytes they take up, roughly.</summary>
    public long Bytes => _younger.Bytes + _older.Bytes;

    /// <summary>Whether the states that are not stored yet take up so much memory that they should be stored now.</summary>
    /// <param name="unstored">Those states.</param>
    public bool IsFull(int unstored) => unstored * Overhead > mostBytes / 2;

    /// <summary>Returns what a state takes up in memory, roughly.</summary>
    /// <param name="stored">Its bytes when it is stored.</param>
    public static long Estimate(int stored) => Overhead + (Growth * stored);

    /// <summary>Finds a state, and takes it for used.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out IKeyedState? state)
    {
        if (_younger.States.TryGetValue(key, out var entry))
        {
            state = entry.State;
            return true;
        }
        if (!_older.Remove(key, out entry))
        {
            state = null;
            return false;
        }
        _younger.Put(key, entry);
        state = entry.State;
        return true;
    }

    /// <summary>Adds a state, or updates the size of one.</summary>
    /// <param name="state">The state.</param>
    /// <param name="stored">Its bytes when it is stored.</param>
    public void Put(IKeyedState state, int stored)
    {
        _older.Remove(state.Key, out _);
        _younger.Put(state.Key, (state, Estimate(stored)));
    }

    /// <summary>Lets go of states that have outlived their time.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var generation in new[] { _younger, _older })
            foreach (var expired in generation.States.Values.Where(e => e.State.IsExpired(now)).ToList())
                generation.Remove(expired.State.Key, out _);
    }

    /// <summary>Evicts the least recently used states if they take up too much memory. All must be stored.</summary>
    /// <returns>Whether some were let go of.</returns>
    public bool Trim()
    {
        if (Bytes <= mostBytes)
            return false;
        // Never the younger one as well: a group that is larger than all the room there is would be read again with every change.
        (_older, _younger) = (_younger, new Generation());
        return true;
    }

    /// <summary>The largest state in memory; null if there is none.</summary>
    public (string Key, long Bytes)? Largest =>
        _younger.States.Concat(_older.States).Select(e => ((string, long)?)(e.Key, e.Value.Bytes)).DefaultIfEmpty(null).MaxBy(e => e?.Item2);

    private sealed class Generation
    {
        public Dictionary<string, (IKeyedState State, long Bytes)> States { get; } = [];

        public long Bytes { get; private set; }

        public void Put(string key, (IKeyedState State, long Bytes) entry)
        {
            if (States.TryGetValue(key, out var former))
                Bytes -= former.Bytes;
            States[key] = entry;
            Bytes += entry.Bytes;
        }

        public bool Remove(string key, out (IKeyedState State, long Bytes) entry)
        {
            if (!States.Remove(key, out entry))
                return false;
            Bytes -= entry.Bytes;
            return true;
        }
    }
}
