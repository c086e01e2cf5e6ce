using System.IO.Hashing;
using System.Text;

namespace Serverless.Engine.Ingest;

/// <summary>
/// The texts last seen in one field, so that a name that comes again and again is one string and not thousands: half of what ingest
/// allocates in the recharge job. A text that is not here costs a hash and a comparison.
/// </summary>
internal sealed class TextCache
{
    private const int Size = 1 << 12;
    private const int Longest = 40;

    private readonly string?[] _texts = new string?[Size];

    /// <summary>Finds the text of some bytes without escapes.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="text">The text.</param>
    /// <param name="slot">Where to <see cref="Put"/> it if it is not here.</param>
    public bool TryGet(ReadOnlySpan<byte> utf8, out string text, out int slot)
    {
        slot = -1;
        text = "";
        if (utf8.Length > Longest)
            return false;
        slot = (int)(XxHash3.HashToUInt64(utf8) & (Size - 1));
        if (_texts[slot] is not { } known || !Ascii.Equals(utf8, known))
            return false;
        text = known;
        return true;
    }

    /// <summary>Keeps a text that was not here.</summary>
    public void Put(int slot, string text)
    {
        if (slot >= 0)
            _texts[slot] = text;
    }
}
