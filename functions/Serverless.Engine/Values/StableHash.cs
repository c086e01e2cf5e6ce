namespace Serverless.Engine.Values;

/// <summary>A hash of text that is the same in every process and for ever: state is placed by it (FNV-1a, 32 bits, over UTF-16 units).</summary>
public static class StableHash
{
    /// <summary>Returns the hash of a text.</summary>
    public static uint Of(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
