using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Serverless.TestServers.Kafka;

/// <summary>Writes the protocol's values, one after another.</summary>
internal sealed class ProtocolWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ProtocolWriter Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
        return this;
    }

    public ProtocolWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public ProtocolWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    /// <summary>Writes an unsigned number of variable length.</summary>
    public ProtocolWriter VarInt(int value)
    {
        for (; value > 0x7F; value >>= 7)
            _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
        return this;
    }

    /// <summary>Writes a text.</summary>
    /// <param name="value">The text; null for none.</param>
    /// <param name="isCompact">Whether its length is to be one of variable length.</param>
    public ProtocolWriter String(string? value, bool isCompact = false)
    {
        var bytes = value is null ? null : Encoding.UTF8.GetBytes(value);
        if (isCompact)
            VarInt(bytes is null ? 0 : bytes.Length + 1);
        else
            Int16((short)(bytes?.Length ?? -1));
        return Raw(bytes);
    }

    public ProtocolWriter Bytes(byte[] value) => Int32(value.Length).Raw(value);

    /// <summary>Writes bytes as they are.</summary>
    public ProtocolWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
