using System.Diagnostics.CodeAnalysis;
using Serverless.Engine.Operators;

namespace Serverless.Connectors.Lookup;

/// <summary>What a table answered, key by key: the least recently used goes first, and what is too old is not there.</summary>
/// <param name="settings">Its bounds.</param>
/// <param name="clock">The clock.</param>
internal sealed class LookupCache(LookupCacheSettings settings, TimeProvider clock)
{
    private readonly Dictionary<LookupKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>The keys that it holds.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds what is known of a key.</summary>
    public bool TryGet(LookupKey key, [NotNullWhen(true)] out LookupRows? rows)
    {
        rows = null;
        if (!_entries.TryGetValue(key, out var node))
            return false;
        if (IsOver(node.Value.Written, settings.AfterWrite) || IsOver(node.Value.Used, settings.AfterAccess))
        {
            Remove(node);
            return false;
        }

        node.Value.Used = clock.GetTimestamp();
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        rows = node.Value.Rows;
        return true;
    }

    /// <summary>Keeps an answer; one that failed is asked for again.</summary>
    public void Put(LookupKey key, LookupRows rows)
    {
        if (_entries.TryGetValue(key, out var known))
            Remove(known);
        if (rows.Failure is not null || (rows.Rows.Count == 0 && !settings.KeepsMissing))
            return;
        var now = clock.GetTimestamp();
        _entries.Add(key, _byUse.AddFirst(new Entry(key, rows, now) { Used = now }));
        if (_entries.Count > settings.MaxRows)
            Remove(_byUse.Last!);
    }

    private bool IsOver(long since, TimeSpan? limit) => limit is { } most && clock.GetElapsedTime(since) >= most;

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
    }

    private sealed record Entry(LookupKey Key, LookupRows Rows, long Written)
    {
        public long Used { get; set; }
    }
}
