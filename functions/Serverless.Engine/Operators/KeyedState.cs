using Serverless.Engine.State;

namespace Serverless.Engine.Operators;

/// <summary>The state of a keyed operator, key by key: what is in memory, and what of it has changed since it was stored.</summary>
internal abstract class KeyedState
{
    /// <summary>The size of what is in memory and stored, as it was when it was stored.</summary>
    public long Bytes { get; protected set; }

    /// <summary>Returns those of some keys that are not in memory.</summary>
    public abstract IReadOnlyList<byte[]> Missing(IReadOnlyList<byte[]> keys);

    /// <summary>Puts a key's stored state into memory.</summary>
    public abstract void Load(byte[] key, ReadOnlySpan<byte> state);

    /// <summary>Hands over the state of every key that has changed, null for a key that is empty now, and takes it for stored.</summary>
    public abstract void TakeChanged(StateWriter writer, StoreState store);

    /// <summary>Forgets the keys that are stored as they are.</summary>
    public abstract void Evict();
}

/// <summary>Stores a key's state; empty if there is none any more.</summary>
internal delegate void StoreState(byte[] key, ReadOnlySpan<byte> state);

/// <summary>The state of a keyed operator.</summary>
/// <typeparam name="T">What is kept for a key.</typeparam>
internal sealed class KeyedState<T>(Func<T> create, string what) : KeyedState
    where T : class, IKeyState
{
    private readonly Dictionary<byte[], T> _states = new(ByteKeys.Comparer);
    private readonly HashSet<byte[]> _changed = new(ByteKeys.Comparer);

    /// <summary>The state of a key, which is about to change.</summary>
    public T Change(byte[] key)
    {
        _changed.Add(key);
        if (!_states.TryGetValue(key, out var state))
            _states.Add(key, state = create());
        return state;
    }

    /// <summary>The state of a key; null if there is none in memory.</summary>
    public T? Get(byte[] key) => _states.GetValueOrDefault(key);

    public override IReadOnlyList<byte[]> Missing(IReadOnlyList<byte[]> keys) => [.. keys.Where(k => !_states.ContainsKey(k))];

    public override void Load(byte[] key, ReadOnlySpan<byte> state)
    {
        var loaded = create();
        var reader = new StateReader(state, what);
        try
        {
            reader.Checksum();
            loaded.Read(ref reader);
            reader.End();
        }
        catch (Exception e) when (StateReader.IsOfDamage(e))
        {
            throw reader.Damaged(e);
        }

        _states.Add(key, loaded);
        Bytes += state.Length;
    }

    public override void TakeChanged(StateWriter writer, StoreState store)
    {
        foreach (var key in _changed)
        {
            var state = _states[key];
            if (state.IsEmpty)
            {
                _states.Remove(key);
                store(key, default);
                continue;
            }

            writer.Clear();
            state.Write(writer);
            writer.Checksum();
            store(key, writer.Written);
            Bytes += writer.Written.Length;
        }

        _changed.Clear();
    }

    public override void Evict()
    {
        Bytes = 0;
        foreach (var key in _states.Keys.Where(k => !_changed.Contains(k)).ToList())
            _states.Remove(key);
    }
}
