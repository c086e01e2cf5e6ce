namespace Serverless.Engine.State;

/// <summary>The format of the bytes that groups and shards are stored as.</summary>
public static class StateFormat
{
    /// <summary>Changes whenever an older program's bytes cannot be read any more.</summary>
    public static string Version { get; } = $"{Group.Version}.{Shard.Version}";
}
