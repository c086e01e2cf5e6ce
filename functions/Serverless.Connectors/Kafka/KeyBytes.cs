using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>A record's key as it is, or nothing if nobody reads it.</summary>
/// <param name="isRead">Whether somebody does.</param>
internal sealed class KeyBytes(bool isRead) : IDeserializer<byte[]?>
{
    /// <inheritdoc />
    public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull || !isRead ? null : data.ToArray();
}
