using System.Buffers.Binary;

namespace Serverless.Engine.Formats;

/// <summary>What a schema registry's serializers put in front of what they write: a zero byte, and the number of the schema in four.</summary>
public static class RegistryPrefix
{
    /// <summary>The first byte.</summary>
    public const byte Magic = 0;

    /// <summary>How long it is.</summary>
    public const int Length = 5;

    /// <summary>Reads the number of the schema; false if the bytes do not begin so.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int schema)
    {
        schema = bytes.Length >= Length && bytes[0] == Magic ? BinaryPrimitives.ReadInt32BigEndian(bytes[1..]) : -1;
        return schema >= 0;
    }
}
