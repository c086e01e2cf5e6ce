namespace Serverless.Durable.Tests;

/// <summary>A key store in memory.</summary>
internal sealed class MemoryKeyStore : IKeyStore
{
    private readonly Dictionary<(EntityKind Kind, string Cell), SortedDictionary<string, (long Version, byte[] Value)>> _cells = [];

    private readonly Dictionary<EntityKind, (int Found, int Asked)> _reads = [];

    /// <summary>How many values a page has at most.</summary>
    public int PageSize { get; init; } = 2;

    /// <summary>Called before a value is read; throws where that fails.</summary>
    public Action Reading { get; init; } = () => { };

    /// <summary>Called before a value is written; throws where that fails.</summary>
    public Action Writing { get; init; } = () => { };

    /// <summary>Called with a cell, a version, a key and a value that are to be written.</summary>
    public Action<EntityKind, string, long, string, byte[]> Check { get; init; } = (_, _, _, _, _) => { };

    /// <summary>Whether a version takes the place of another.</summary>
    public Func<long, long, bool> IsNewer { get; init; } = (version, known) => version > known;

    /// <summary>How many values there are.</summary>
    public int Count => _cells.Values.Sum(c => c.Count);

    /// <summary>The cells that have any.</summary>
    public IEnumerable<string> Cells => _cells.Keys.Select(c => c.Cell);

    /// <summary>How many values have been read, and how many looked for.</summary>
    public (int Found, int Asked) Reads => (_reads.Values.Sum(r => r.Found), _reads.Values.Sum(r => r.Asked));

    /// <summary>How many values of a kind of entities there are.</summary>
    public int CountOf(EntityKind kind) => _cells.Where(c => c.Key.Kind == kind).Sum(c => c.Value.Count);

    /// <summary>How many values of a kind of entities have been read, and how many looked for.</summary>
    public (int Found, int Asked) ReadsOf(EntityKind kind) => _reads.GetValueOrDefault(kind);

    /// <summary>The version of a value; null if there is none.</summary>
    public long? VersionOf(EntityKind kind, string cell, string key) => Of(kind, cell).TryGetValue(key, out var known) ? known.Version : null;

    public Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(EntityKind kind, string cell, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>();
        foreach (var key in keys)
        {
            Reading();
            if (Of(kind, cell).TryGetValue(key, out var value))
                found.Add(key, value.Value);
        }
        var (had, asked) = ReadsOf(kind);
        _reads[kind] = (had + found.Count, asked + keys.Count);
        return Task.FromResult<IReadOnlyDictionary<string, byte[]>>(found);
    }

    public Task WriteAsync(EntityKind kind, string cell, long version, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        foreach (var (key, value) in values)
        {
            Writing();
            Check(kind, cell, version, key, value);
            if (!Of(kind, cell).TryGetValue(key, out var known) || IsNewer(version, known.Version))
                Of(kind, cell)[key] = (version, value);
        }
        // The answer may be lost, too.
        Writing();
        return Task.CompletedTask;
    }

    public Task<KeyPage> ReadPageAsync(EntityKind kind, string cell, string? after, CancellationToken cancellationToken)
    {
        Reading();
        var left = Of(kind, cell).Where(v => after is null || string.CompareOrdinal(v.Key, after) > 0).ToList();
        var page = left.Take(PageSize).ToList();
        return Task.FromResult(new KeyPage(page.ToDictionary(v => v.Key, v => v.Value.Value), left.Count > page.Count ? page[^1].Key : null));
    }

    public Task DeleteAsync(EntityKind kind, string cell, CancellationToken cancellationToken)
    {
        _cells.Remove((kind, cell));
        return Task.CompletedTask;
    }

    private SortedDictionary<string, (long Version, byte[] Value)> Of(EntityKind kind, string cell)
    {
        if (!_cells.TryGetValue((kind, cell), out var values))
            _cells.Add((kind, cell), values = new(StringComparer.Ordinal));
        return values;
    }
}
