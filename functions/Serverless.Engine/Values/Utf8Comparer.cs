using System.Text;

namespace Serverless.Engine.Values;

/// <summary>Equality of strings that can be looked up by their UTF-8 bytes, without making a string.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    private const int OnStack = 256;

    /// <summary>The only one there is.</summary>
    public static Utf8Comparer Instance { get; } = new();

    /// <inheritdoc />
    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    /// <inheritdoc />
    public int GetHashCode(string obj)
    {
        if (obj.Length > OnStack / 3)
            return GetHashCode(Encoding.UTF8.GetBytes(obj));
        Span<byte> utf8 = stackalloc byte[OnStack];
        return GetHashCode(utf8[..Encoding.UTF8.GetBytes(obj, utf8)]);
    }

    /// <inheritdoc />
    public bool Equals(ReadOnlySpan<byte> alternate, string other)
    {
        // Only a text of ASCII alone has as many units as bytes.
        if (alternate.Length <= other.Length)
            return alternate.Length == other.Length && Ascii.Equals(alternate, other);
        if (alternate.Length > OnStack)
            return Encoding.UTF8.GetString(alternate) == other;
        Span<char> text = stackalloc char[OnStack];
        return text[..Encoding.UTF8.GetChars(alternate, text)].SequenceEqual(other);
    }

    /// <inheritdoc />
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // Its seed is another in each process, so that nobody can choose texts that collide.
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    /// <inheritdoc />
    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
}
