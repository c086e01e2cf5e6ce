using Serverless.Engine.State;

namespace Serverless.Engine.Ingest;

/// <summary>
/// The texts that a column had lately, by their bytes: names and states come again and again, and need not be decoded and allocated each time. A column whose texts are
/// seldom the same gives it up.
/// </summary>
internal sealed class TextCache
{
    private const int Size = 1024;
    private const int MostBytes = 64;
    private const int Trial = 4096;

    private (byte[] Utf8, string Text)[]? _entries = new (byte[], string)[Size];
    private int _lookups;
    private int _hits;

    /// <summary>Returns the text of some bytes if it is known.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="slot">Where <see cref="Put"/> keeps it; less than zero for nowhere.</param>
    public string? Get(ReadOnlySpan<byte> utf8, out int slot)
    {
        slot = -1;
        if (_entries is null || utf8.Length > MostBytes)
            return null;
        slot = (int)(StateWriter.ChecksumOf(utf8) % Size);
        _lookups++;
        var (known, text) = _entries[slot];
        if (known is not null && utf8.SequenceEqual(known))
        {
            _hits++;
            return text;
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

        return null;
    }

    /// <summary>Keeps a text.</summary>
    public void Put(int slot, ReadOnlySpan<byte> utf8, string text)
    {
        if (slot >= 0)
            _entries![slot] = (utf8.ToArray(), text);
    }
}
