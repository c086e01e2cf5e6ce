using System.Buffers.Binary;
using System.Text;

namespace Serverless.TestServers.Kafka;

/// <summary>Reads the protocol's values, one after another.</summary>
internal ref struct ProtocolReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public void Skip(int count) => _rest = _rest[count..];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    /// <summary>Reads an unsigned number of variable length.</summary>
    public int VarInt()
    {
        var (value, shift) = (0, 0);
        while (true)
        {
            var next = Take(1)[0];
            value |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
            shift += 7;
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="isCompact">Whether its length is one of variable length.</param>
    public string? String(bool isCompact = false)
    {
        var length = isCompact ? VarInt() - 1 : Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public byte[] Bytes() => Take(Int32()).ToArray();

    /// <summary>Reads the length of an array.</summary>
    public int Count(bool isCompact) => isCompact ? VarInt() - 1 : Int32();

    /// <summary>Passes by tagged fields.</summary>
    public void SkipTags()
    {
        for (var left = VarInt(); left > 0; left--)
        {
            VarInt();
            Skip(VarInt());
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
