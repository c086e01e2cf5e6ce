using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Serverless.Engine.State;

/// <summary>
/// Bytes by key, kept as one run of bytes: opened, looked into and written again without a look at the entries that nobody asks for. What has changed since is beside it.
/// </summary>
public sealed class PackedDictionary : IReadOnlyDictionary<string, byte[]>
{
    // Little-endian: how many; the hash of each key, ascending; where each entry ends; the entries, each the length of the key, the key, the value.
    private const int BesidesEntry = 2 * sizeof(uint);

    private readonly Dictionary<string, byte[]?> _changed = []; // null for one that is gone
    private ReadOnlyMemory<byte> _packed;
    private int _count; // of those in _packed

    /// <summary>Makes one without entries.</summary>
    public PackedDictionary()
    {
    }

    /// <summary>Makes one of entries.</summary>
    public PackedDictionary(IEnumerable<KeyValuePair<string, byte[]>> entries)
    {
        foreach (var (key, value) in entries)
            this[key] = value;
    }

    /// <summary>The number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>What they take up, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc />
    public IEnumerable<string> Keys => this.Select(e => e.Key);

    /// <inheritdoc />
    public IEnumerable<byte[]> Values => this.Select(e => e.Value);

    /// <summary>The value under a key.</summary>
    /// <exception cref="KeyNotFoundException">It is read, and there is none.</exception>
    public byte[] this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"there is no entry '{key}'");
        set
        {
            Remove(key);
            _changed[key] = value;
            (Count, Bytes) = (Count + 1, Bytes + SizeOf(key, value));
        }
    }

    /// <summary>Opens what <see cref="Pack"/> returned.</summary>
    /// <exception cref="InvalidDataException">The bytes are no entries.</exception>
    public static PackedDictionary Open(ReadOnlyMemory<byte> packed)
    {
        if (packed.IsEmpty)
            return new PackedDictionary();
        var bytes = packed.Span;
        var count = bytes.Length < sizeof(uint) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (count < 0 || count > (bytes.Length - sizeof(uint)) / BesidesEntry)
            throw Damaged();
        var entries = new PackedDictionary { _packed = packed, _count = count, Count = count, Bytes = bytes.Length - sizeof(uint) };
        var end = 0;
        for (var i = 0; i < count; i++)
        {
            var next = entries.EndOf(i);
            if (next <= end)
                throw Damaged();
            end = next;
        }
        return end == bytes.Length - sizeof(uint) - (count * BesidesEntry) ? entries : throw Damaged();
    }

    /// <summary>Returns them as bytes for <see cref="Open"/>; none if there are none. The same entries are the same bytes.</summary>
    public ReadOnlyMemory<byte> Pack()
    {
        if (_changed.Count == 0)
            return _packed;
        if (Count == 0)
        {
            (_packed, _count) = (default, 0);
            _changed.Clear();
            return _packed;
        }
        var changed = new List<(uint Hash, byte[] Key, byte[]? Value)>(_changed.Count);
        foreach (var (key, value) in _changed)
        {
            var bytes = Encoding.UTF8.GetBytes(key);
            changed.Add((HashOf(bytes), bytes, value));
        }
        changed.Sort((x, y) => x.Hash != y.Hash ? x.Hash.CompareTo(y.Hash) : x.Key.AsSpan().SequenceCompareTo(y.Key));
        var packed = new Packing(Count, Bytes);
        var at = 0;
        foreach (var (hash, key, value) in changed)
        {
            for (; at < _count && Compare(at, hash, key) < 0; at++)
                packed.Add(HashAt(at), EntryAt(at));
            if (at < _count && Compare(at, hash, key) == 0)
                at++;
            if (value is not null)
                packed.Add(hash, key, value);
        }
        for (; at < _count; at++)
            packed.Add(HashAt(at), EntryAt(at));
        (_packed, _count) = (packed.Bytes, Count);
        _changed.Clear();
        return _packed;
    }

    /// <inheritdoc />
    public bool ContainsKey(string key) => _changed.TryGetValue(key, out var changed) ? changed is not null : IndexOf(key) >= 0;

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out byte[] value)
    {
        if (!_changed.TryGetValue(key, out value) && IndexOf(key) is >= 0 and var index)
            value = Split(EntryAt(index)).Value.ToArray();
        return value is not null;
    }

    /// <summary>Removes an entry; false if there is none.</summary>
    public bool Remove(string key)
    {
        var (isChanged, index) = (_changed.TryGetValue(key, out var changed), IndexOf(key));
        if (isChanged ? changed is null : index < 0)
            return false;
        (Count, Bytes) = (Count - 1, Bytes - (isChanged ? SizeOf(key, changed!) : BesidesEntry + EntryAt(index).Length));
        if (index >= 0)
            _changed[key] = null;
        else
            _changed.Remove(key);
        return true;
    }

    /// <summary>Removes all entries.</summary>
    public void Clear()
    {
        _changed.Clear();
        (_packed, _count, Count, Bytes) = (default, 0, 0, 0);
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, byte[]>> GetEnumerator()
    {
        Pack();
        var (packed, count) = (_packed, _count); // as they are now, whatever changes meanwhile
        return Enumerate(new PackedDictionary { _packed = packed, _count = count });
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static IEnumerator<KeyValuePair<string, byte[]>> Enumerate(PackedDictionary entries)
    {
        for (var i = 0; i < entries._count; i++)
            yield return entries.PairAt(i);
    }

    private KeyValuePair<string, byte[]> PairAt(int index)
    {
        var entry = Split(EntryAt(index));
        return KeyValuePair.Create(Encoding.UTF8.GetString(entry.Key), entry.Value.ToArray());
    }

    private int IndexOf(string key)
    {
        if (_count == 0)
            return -1;
        var length = Encoding.UTF8.GetByteCount(key);
        Span<byte> bytes = length <= 512 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(key, bytes);
        var hash = HashOf(bytes);
        var (low, high) = (0, _count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            switch (Compare(middle, hash, bytes))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }
        return -1;
    }

    private int Compare(int index, uint hash, ReadOnlySpan<byte> key) =>
        HashAt(index) is var own && own != hash ? own.CompareTo(hash) : Split(EntryAt(index)).Key.SequenceCompareTo(key);

    private uint HashAt(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_packed.Span[(sizeof(uint) * (1 + index))..]);

    private int EndOf(int index) => BinaryPrimitives.ReadInt32LittleEndian(_packed.Span[(sizeof(uint) * (1 + _count + index))..]);

    private ReadOnlySpan<byte> EntryAt(int index)
    {
        var begin = index == 0 ? 0 : EndOf(index - 1);
        return _packed.Span[(sizeof(uint) + (_count * BesidesEntry))..][begin..EndOf(index)];
    }

    private static Entry Split(ReadOnlySpan<byte> entry)
    {
        var (length, shift, read) = (0L, 0, 0);
        byte b;
        do
        {
            if (read == entry.Length || shift > 28)
                throw Damaged();
            b = entry[read++];
            length |= (long)(b & 0x7F) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        return length <= entry.Length - read ? new Entry(entry.Slice(read, (int)length), entry[(read + (int)length)..]) : throw Damaged();
    }

    private static uint HashOf(ReadOnlySpan<byte> key) => StateWriter.ChecksumOf(key);

    private static int SizeOf(string key, byte[] value) => SizeOf(Encoding.UTF8.GetByteCount(key), value.Length);

    private static int SizeOf(int key, int value) => BesidesEntry + LengthOf(key) + key + value;

    private static int LengthOf(int key) => key < 1 << 7 ? 1 : key < 1 << 14 ? 2 : key < 1 << 21 ? 3 : key < 1 << 28 ? 4 : 5;

    private static InvalidDataException Damaged() => new("packed entries are damaged");

    private readonly ref struct Entry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        public ReadOnlySpan<byte> Key { get; } = key;

        public ReadOnlySpan<byte> Value { get; } = value;
    }

    private sealed class Packing
    {
        private readonly int _count;
        private readonly int _first;
        private int _added;
        private int _end;

        public Packing(int count, long bytes)
        {
            (_count, _first, Bytes) = (count, sizeof(uint) + (count * BesidesEntry), new byte[sizeof(uint) + bytes]);
            BinaryPrimitives.WriteInt32LittleEndian(Bytes, count);
        }

        public byte[] Bytes { get; }

        public void Add(uint hash, ReadOnlySpan<byte> entry)
        {
            entry.CopyTo(Bytes.AsSpan(_first + _end));
            Added(hash, entry.Length);
        }

        public void Add(uint hash, byte[] key, byte[] value)
        {
            var to = Bytes.AsSpan(_first + _end);
            var at = 0;
            var rest = (uint)key.Length;
            for (; rest >= 0x80; rest >>= 7)
                to[at++] = (byte)(rest | 0x80);
            to[at++] = (byte)rest;
            key.CopyTo(to[at..]);
            value.CopyTo(to[(at + key.Length)..]);
            Added(hash, at + key.Length + value.Length);
        }

        private void Added(uint hash, int length)
        {
            _end += length;
            BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(sizeof(uint) * (1 + _added)), hash);
            BinaryPrimitives.WriteInt32LittleEndian(Bytes.AsSpan(sizeof(uint) * (1 + _count + _added)), _end);
            _added++;
        }
    }
}
