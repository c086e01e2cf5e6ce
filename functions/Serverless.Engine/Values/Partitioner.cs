namespace Serverless.Engine.Values;

/// <summary>Places keys, the same in every process and for ever.</summary>
public static class Partitioner
{
    /// <summary>The place of a key among so many.</summary>
    public static int Of(string key, int places) => (int)(StableHash.Of(key) % (uint)places);
}
