using Serverless.Engine.State;

namespace Serverless.Engine.Values;

/// <summary>
/// What was made of the texts that a column had lately, by their bytes: names, states and times come again and again, and need not be decoded or evaluated each time. A
/// column whose texts are seldom the same gives it up.
/// </summary>
/// <typeparam name="T">What is made of a text.</typeparam>
internal sealed class TextCache<T>
{
    private const int Size = 1024;
    private const int MostBytes = 64;
    private const int Trial = 4096;

    private (byte[] Utf8, T Value)[]? _entries = new (byte[], T)[Size];
    private int _lookups;
    private int _hits;

    /// <summary>Finds what was made of some bytes.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="value">What was made of them.</param>
    /// <param name="slot">Where <see cref="Put"/> keeps it; less than zero for nowhere.</param>
    public bool TryGet(ReadOnlySpan<byte> utf8, out T value, out int slot)
    {
        value = default!;
        slot = -1;
        if (_entries is null || utf8.Length > MostBytes)
            return false;
        slot = (int)(StateWriter.ChecksumOf(utf8) % Size);
        _lookups++;
        ref readonly var entry = ref _entries[slot];
        if (entry.Utf8 is { } known && utf8.SequenceEqual(known))
        {
            _hits++;
            value = entry.Value;
            return true;
        }

        if (_lookups >= Trial)
        {
            if (_hits < _lookups / 4)
            {
                _entries = null;
                slot = -1;
            }

            (_lookups, _hits) = (0, 0);
        }

        return false;
    }

    /// <summary>Keeps what was made of a text.</summary>
    public void Put(int slot, ReadOnlySpan<byte> utf8, T value)
    {
        if (slot < 0)
            return;
        ref var entry = ref _entries![slot];
        if (entry.Utf8?.Length == utf8.Length)
            utf8.CopyTo(entry.Utf8);
        else
            entry.Utf8 = utf8.ToArray();
        entry.Value = value;
    }
}
