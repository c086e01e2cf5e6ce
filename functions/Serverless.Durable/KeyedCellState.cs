using System.Text.Json.Serialization;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>What an entity keeps key by key, of which cold keys lie in the <see cref="IKeyStore"/>.</summary>
public abstract record KeyedCellState
{
    /// <summary>The state under each key: of those that are neither <see cref="Aging"/> nor in the key store.</summary>
    [JsonConverter(typeof(PackedDictionaryJson))]
    public PackedDictionary Entries { get; set; } = new();

    /// <summary>Those that nothing has touched since <see cref="Evict"/> was set, as they were then; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(PackedDictionaryJson))]
    public PackedDictionary? Aging { get; set; }

    /// <summary>When <see cref="Aging"/> goes to the key store; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DueTime? Evict { get; set; }

    /// <summary>How often keys have aged, which is the version of what goes to the key store next; 0 if nothing lies there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Evictions { get; set; }

    /// <summary>Whether it has keys, wherever they are.</summary>
    [JsonIgnore]
    public bool HasEntries => Entries.Count > 0 || Evictions > 0;

    /// <summary>What it holds.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, byte[]>> Held => Aging is null ? Entries : Entries.Concat(Aging);

    /// <summary>What it holds as JSON, in bytes, roughly.</summary>
    [JsonIgnore]
    public long EntryBytes => (Entries.Bytes + (Aging?.Bytes ?? 0)) * 4 / 3;

    /// <summary>Returns the state under a key; null if it does not hold it.</summary>
    public byte[]? Find(string entry) => Entries.TryGetValue(entry, out var bytes) || Aging?.TryGetValue(entry, out bytes) is true ? bytes : null;

    /// <summary>Keeps the state under a key that has been touched.</summary>
    public void Put(string entry, byte[] bytes)
    {
        Entries[entry] = bytes;
        Aging?.Remove(entry);
    }

    /// <summary>Forgets a key that has no state any more. If the key store may know it, it is kept as an empty one: or what lies there would be its state again.</summary>
    public void Remove(string entry)
    {
        if (Evictions > 0)
            Put(entry, []);
        else
            Entries.Remove(entry);
    }

    /// <summary>Whether nothing but its state is known of a key, so that it may leave.</summary>
    public virtual bool MayLeave(string entry) => true;
}
